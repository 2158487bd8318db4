import type { WantedLine } from "../../pricing/rules/lines.ts";
import type { Minor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { Policy } from "../../stock/rules/allocate.ts";
import type { Edge } from "../../warehouses/rules/rank.ts";
import type { OrderRow } from "./order.ts";

/** An order as it is requested. */
export interface OrderRequest extends Buyer {
  items: WantedLine[];
}

/** The buyer, and how the order is delivered and paid. */
export interface Buyer extends BuyerDetails {
  /** Set only by an admin. */
  policy: Policy | undefined;
  /** The signed-in customer; null for guests, and where staff order for others. */
  userId: string | null;
  /** The customer's price tier; null for everybody else. */
  tier: Tier | null;
  /** The total that the shopper expects, if they gave one. */
  expectedMinor: Minor | undefined;
  edge: Edge | undefined;
  /** The book has no such address as the request names. */
  hasUnknownAddress?: boolean;
}

/** The columns of the order's row that come from the request as they are. */
type BuyerDetails = Pick<
  OrderRow,
  | "customerName"
  | "customerEmail"
  | "customerPhone"
  | "deliveryAddress"
  | "address"
  | "postalCode"
  | "country"
  | "deliveryMethod"
  | "paymentMethod"
  | "notes"
  | "promoCode"
>;

export function buyerDetails(buyer: Buyer): BuyerDetails {
  const { customerName, customerEmail, customerPhone, deliveryAddress, address, postalCode, country } = buyer;
  const { deliveryMethod, paymentMethod, notes, promoCode } = buyer;
  const person = { customerName, customerEmail, customerPhone, deliveryAddress, address, postalCode, country };
  return { ...person, deliveryMethod, paymentMethod, notes, promoCode };
}

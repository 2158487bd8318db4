import type { WantedLine } from "../../pricing/rules/lines.ts";
import type { Minor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { Policy } from "../../stock/rules/allocate.ts";
import type { Edge } from "../../warehouses/rules/rank.ts";
import type { OrderRow } from "./order.ts";

/** What a shopper asks for; `policy` is set only by an admin. */
export interface OrderRequest extends Buyer {
  items: WantedLine[];
}

/** Who orders, and how it is to be delivered and paid. */
export interface Buyer extends BuyerDetails {
  policy: Policy | undefined;
  /** The customer who is signed in; null for a guest, and where the shop's staff orders for somebody. */
  userId: string | null;
  /** What the customer's prices go by; null for everybody else. */
  tier: Tier | null;
  /** What the shopper counts on paying, if they said it. */
  expectedMinor: Minor | undefined;
  edge: Edge | undefined;
}

/** What goes into the order's row as it was asked. */
type BuyerDetails = Pick<
  OrderRow,
  | "customerName"
  | "customerEmail"
  | "customerPhone"
  | "deliveryAddress"
  | "postalCode"
  | "country"
  | "deliveryMethod"
  | "paymentMethod"
  | "notes"
  | "promoCode"
>;

/** What of a request the order's row keeps as it is. */
export function buyerDetails(buyer: Buyer): BuyerDetails {
  const { customerName, customerEmail, customerPhone, deliveryAddress, postalCode, country } = buyer;
  const { deliveryMethod, paymentMethod, notes, promoCode } = buyer;
  const person = { customerName, customerEmail, customerPhone, deliveryAddress, postalCode, country };
  return { ...person, deliveryMethod, paymentMethod, notes, promoCode };
}

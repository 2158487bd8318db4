import { findSellableComponents, findSellables } from "../../catalog/queries.ts";
import { inOne } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { cartCheckedOut, cartNotFound } from "../../carts/refusals.ts";
import { codeOf, mayAccess } from "../../carts/rules/cart.ts";
import { invalidField } from "../../errors.ts";
import { pricingQuery } from "../../pricing/price-book.ts";
import { assignedCode } from "../../rules/countries.ts";
import type { Minor } from "../../rules/money.ts";
import type { ValueOrSql } from "../../warehouses/postal-queries.ts";
import { type Delivery, storedDeliveryQuery } from "../../warehouses/ranking.ts";
import { printedPostalCode } from "../../warehouses/rules/postal-code.ts";
import { type CartRecord, codesOfCart, findCartRecord, placeOfCart, wantedOfCart } from "./queries.ts";
import { findRecord, type OrderRecord } from "../queries.ts";
import type { Attempt } from "../placement/attempt.ts";
import { destinationOf, NO_RECORD, priceOrder, type Quote, quoteLines } from "../placement/quote.ts";
import type { Buyer } from "../rules/order-request.ts";
import { type CartHead, checkoutLines } from "../rules/checkout.ts";
import { orderLines } from "../../pricing/rules/lines.ts";

/** What the checkout of a cart asks for. */
export interface CheckoutRequest extends Omit<Buyer, "country"> {
  cartId: string;
  /** Default: the cart's, and then its postal code too. */
  country: string | undefined;
  /** Staff may check out any cart. */
  mayUseAny: boolean;
}

/** The order of a cart, if the stock allows it. */
export interface CheckoutQuote extends Quote {
  cart: CartHead;
  /** With the destination, the request's or the cart's. */
  buyer: Buyer;
  /** The total that the shopper expects: the request's, else that of the cart's own prices. */
  expectedMinor: Minor;
  /** The cart's. */
  promoCode: string | null;
  /** Variants that D1 shows as reserved although the objects have no units for them. */
  lost: ReadonlySet<string>;
  /** The lines that need units of a variant: where those are lost, the lines lose their price. */
  linesNeeding: (variantId: string) => string[];
}

/**
 * Reads everything that a checkout needs in one D1 batch, the same statements for any number of lines (K1).
 * @returns what D1 has under the order's id already, and how to quote where it has nothing; `lost`: variants of which the cart has no
 *   units any more, so that their lines are priced again
 */
export async function quoteCheckout(
  deps: Deps,
  attempt: Attempt,
  request: CheckoutRequest,
): Promise<{ record: OrderRecord; quote: (lost?: ReadonlySet<string>) => CheckoutQuote }> {
  const { cartId, userId: customerId, tier } = request;
  const { found, sellables, components, facts } = await deps.db.batch("quote checkout", {
    found: findCartRecord(cartId),
    sellables: findSellables(wantedOfCart(cartId)),
    components: findSellableComponents(wantedOfCart(cartId)),
    facts: inOne({
      delivery: storedDeliveryQuery(deps, ...placeToRead(request, deps.config.country)),
      book: pricingQuery(deps, { promoCodes: codesOfCart(cartId), customerId }),
      record: attempt.isKeyed ? findRecord(attempt.orderId) : undefined,
    }),
  });
  const { delivery: stored, book, record = NO_RECORD } = facts;
  const quote = (lost: ReadonlySet<string> = new Set()): CheckoutQuote => {
    const { cart, lines: storedLines } = openCart(found, request);
    const promoCode = codeOf({ row: cart, items: storedLines });
    const cartLines = storedLines.map((line) => ({ ...line, promoCode }));
    const buyer = buyerOf(request, cart, deps.config.country);
    const lines = orderLines(cartLines, sellables, components);
    const { methods, rank } = stored;
    const delivery: Delivery = { methods, rank: (options) => rank(destinationOf(buyer), options) };
    const priced = quoteLines(deps, buyer, lines, delivery, (terms) => {
      const known = { ...terms, rules: book.rules, uses: book.uses };
      const checkout = checkoutLines(lines.items, cartLines, known, { tier, lost });
      const snapshots = { lines: checkout.map(({ snapshot }) => snapshot), refused: [] };
      const inCart = checkout.map((each) => each.inCart);
      const cartBill = priceOrder(deps, inCart, book, { ...terms, country: cart.country ?? deps.config.country }, snapshots);
      // Discounts of the whole cart are computed again, as when it is shown; where the total differs, the checkout is refused.
      const toPrice = checkout.map(({ line }) => line);
      const bill = priceOrder(deps, toPrice, book, terms);
      return { ...bill, expectedMinor: request.expectedMinor ?? cartBill.totals.totalMinor };
    });
    const linesNeeding = (variantId: string) => variantsNeeding(lines, variantId);
    return { ...priced, cart, buyer, promoCode, lost, linesNeeding };
  };
  return { record, quote };
}

/** The destination as far as it is known before the cart is read, for `storedDeliveryQuery`. */
function placeToRead(
  { cartId, country, postalCode }: CheckoutRequest,
  home: string,
): [country: ValueOrSql, code: ValueOrSql | undefined] {
  const cart = placeOfCart(cartId, home);
  const code = postalCode ?? undefined;
  return country === undefined ? [cart.country, code ?? cart.postalCode] : [country, code];
}

function buyerOf({ country, postalCode, ...request }: CheckoutRequest, cart: CartHead, home: string): Buyer {
  if (country !== undefined) return { ...request, country, postalCode };
  const ofCart = cart.country === null ? home : assignedCode(cart.country);
  const printed = cart.postalCode === null ? null : printedPostalCode(ofCart, cart.postalCode);
  return { ...request, country: ofCart, postalCode: postalCode ?? printed };
}

/** @throws Refusal `not_found`, `cart_checked_out`, `validation_failed` for a cart without lines */
function openCart(found: CartRecord | undefined, asking: CheckoutRequest): CartRecord {
  if (!found || !mayAccess(found.cart, asking)) throw cartNotFound();
  if (found.cart.orderId !== null) throw cartCheckedOut(found.cart.orderId);
  const { userId: owner } = found.cart;
  if (asking.userId !== null && owner !== null && owner !== asking.userId) throw invalidField("user_id", "has another cart");
  if (found.lines.length === 0) throw invalidField("cart_id", "the cart is empty");
  return found;
}

function variantsNeeding({ items, needs }: ReturnType<typeof orderLines>, variantId: string): string[] {
  const lineNos = new Set(needs.filter((need) => need.variantId === variantId).map(({ lineNo }) => lineNo));
  return items.filter(({ lineNo }) => lineNos.has(lineNo)).map((item) => item.variantId);
}

import { findSellableComponents, findSellables } from "../catalog/queries.ts";
import { inOne } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { invalidField, Refusal } from "../errors.ts";
import { pricingQuery } from "../pricing/price-book.ts";
import type { Minor } from "../rules/money.ts";
import { deliveryQuery } from "../warehouses/rank-for.ts";
import { type CartRecord, codesOfCart, findCartRecord, wantedOfCart } from "./checkout-queries.ts";
import { priceOrder } from "./price.ts";
import { findRecord, type OrderRecord } from "./queries.ts";
import { type Buyer, destinationOf, NO_RECORD, type Placing, type Quote, quoteLines } from "./quote.ts";
import { type CartHead, checkoutLines } from "./rules/checkout.ts";
import { orderLines } from "../pricing/rules/lines.ts";

/** What a shopper asks for who checks a cart out. */
export interface CheckoutRequest extends Buyer {
  cartId: string;
  /** Whether they may check out anybody's cart, as the shop's staff may. */
  mayAny: boolean;
}

/** What an order of a cart will be if the stock allows it. */
export interface CheckoutQuote extends Quote {
  cart: CartHead;
  /** What its shopper counts on paying: what they said, else what the cart's own prices come to. */
  countedMinor: Minor;
  /** The first of its lines' codes. */
  promoCode: string | null;
  /** Lines that D1 has as reserved and the objects have not. */
  lost: ReadonlySet<string>;
  /** By variant, the lines that need units of it, for those that lose their price with them. */
  linesNeeding: (variantId: string) => string[];
}

/**
 * PROTOCOL K1: one D1 batch, the same statements whatever the number of lines.
 * @returns what D1 has under the order's id already, and how to quote where it has nothing; `lost`: variants of which the cart had
 *   nothing any more, so that the price of their lines stands no longer
 */
export async function quoteCheckout(
  deps: Deps,
  placing: Placing,
  request: CheckoutRequest,
): Promise<{ record: OrderRecord; quote: (lost?: ReadonlySet<string>) => CheckoutQuote }> {
  const { cartId, userId: customerId, tier } = request;
  const [found, sellables, components, [delivery, book, record = NO_RECORD]] = await deps.db.batch(
    findCartRecord(cartId),
    findSellables(wantedOfCart(cartId)),
    findSellableComponents(wantedOfCart(cartId)),
    inOne(
      deliveryQuery(deps, destinationOf(request)),
      pricingQuery(deps, { promoCodes: codesOfCart(cartId), customerId }),
      ...(placing.isKeyed ? [findRecord(placing.orderId)] : []),
    ),
  );
  const quote = (lost: ReadonlySet<string> = new Set()): CheckoutQuote => {
    const { cart, lines: cartLines } = openCart(found, request);
    const lines = orderLines(cartLines, sellables, components);
    const priced = quoteLines(deps, request, lines, delivery, (terms) => {
      const facts = { ...terms, rules: book.rules, uses: book.uses };
      const checkout = checkoutLines(lines.items, cartLines, facts, { tier, lost });
      const snapshots = { lines: checkout.map(({ snapshot }) => snapshot), refused: [] };
      const counted = priceOrder(
        deps,
        checkout.map(({ inCart }) => inCart),
        book,
        { ...terms, country: cart.country ?? deps.config.country },
        snapshots,
      );
      // What the whole cart has off is computed anew, as it is shown; where that is not what was told, the shopper is asked.
      const bill = priceOrder(
        deps,
        checkout.map(({ line }) => line),
        book,
        terms,
      );
      return { ...bill, countedMinor: request.expectedMinor ?? counted.totals.totalMinor };
    });
    const linesNeeding = (variantId: string) => variantsNeeding(lines, variantId);
    const promoCode = cartLines.find((line) => line.promoCode !== null)?.promoCode ?? null;
    return { ...priced, cart, promoCode, lost, linesNeeding };
  };
  return { record, quote };
}

/** @throws Refusal `not_found`, `cart_checked_out`, `validation_failed` for a cart without lines */
function openCart(found: CartRecord | undefined, { userId, mayAny }: CheckoutRequest): CartRecord {
  const isOwn = found?.cart.userId === null || found?.cart.userId === userId || mayAny;
  if (!found || !isOwn) throw new Refusal("not_found", "There is no such cart.");
  if (found.cart.orderId !== null) throw checkedOut(found.cart.orderId);
  if (found.lines.length === 0) throw invalidField("cart_id", "the cart is empty");
  return found;
}

/** The cart became another order than the one that is asked about. */
export function checkedOut(orderId: string): Refusal {
  return new Refusal("cart_checked_out", `The cart became the order ${orderId}.`, { members: { order_id: orderId } });
}

function variantsNeeding({ items, needs }: ReturnType<typeof orderLines>, variantId: string): string[] {
  const lineNos = new Set(needs.filter((need) => need.variantId === variantId).map(({ lineNo }) => lineNo));
  return items.filter(({ lineNo }) => lineNos.has(lineNo)).map((item) => item.variantId);
}

import type { Wanted } from "../catalog/rules/sellable.ts";
import type { Deps } from "../deps.ts";
import { invalidField, type Refusal, refusedField } from "../errors.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import type { OrderLines } from "../pricing/rules/lines.ts";
import { normalisePostalCode } from "../warehouses/rules/postal-code.ts";
import type { Edge, Ranking } from "../warehouses/rules/rank.ts";
import type { EditPlan } from "./edit.ts";
import { pricedItems, termsNow } from "./read-cart.ts";
import { noItem, stockRefusal } from "./refuse.ts";
import { type Cart, type CartRow, type KnownItem, lossesOf, MAX_ITEMS, MAX_PRODUCTS, partLost } from "./rules/cart.ts";
import { editedItem, nextLineNo, productCount, type WantedItem } from "./rules/edit.ts";

/** What somebody does to one line of a cart. */
export interface ItemEdit extends WantedItem {
  cartId: string;
  wanted: Wanted;
  /** `put` makes the line if it is not there; the others need it. */
  kind: "put" | "change" | "remove";
  country?: string | undefined;
  postalCode?: string | undefined;
  edge?: Edge | undefined;
}

/** Everything that an edit is decided on. */
export interface EditReading {
  cart: Cart;
  book: PriceBook;
  /** What the catalogue has of so many of the wanted item. */
  soldOf: (quantity: number) => OrderLines;
  rank: (destination: { country: string; postalCode?: string | undefined }) => Ranking;
}

/**
 * Decides what an edit writes: the line at the price of this moment, with the others beside it.
 * @throws Refusal `not_found` without such a line; `insufficient_stock` for what is not sold; `validation_failed` where the variant has to
 *   be named, or the cart would be too large; `order_too_large`; `country_not_served`
 */
export function decideEdit(deps: Deps, reading: EditReading, edit: ItemEdit): EditPlan {
  const { cart, book } = reading;
  const terms = termsNow(deps);
  const { live, lost } = partLost(cart, terms.nowMs);
  const row = editedRow(cart.row, edit, terms.nowMs);
  const before = live.find((item) => isWanted(item, reading, edit));
  if (!before && edit.kind !== "put") throw noItem();
  const after = edit.kind === "remove" ? undefined : wantedItem(deps, reading, edit, before, live, row.editNo);
  const others = live.filter((item) => item !== before);
  const lines = after ? [...others, after].toSorted((a, b) => a.lineNo - b.lineNo) : others;
  const items = pricedItems(deps, row, lines, book);
  if (items.length > MAX_ITEMS) throw invalidField("quantity", `a cart has at most ${MAX_ITEMS} items`);
  if (after && productCount(items) > MAX_PRODUCTS) throw tooLarge(productCount(items));
  const reach = reachOf(reading, row);
  if (after && reach.ranking.length === 0) throw refusedField("country_not_served", "country", "no warehouse ships there");
  const variantId = after?.variantId ?? before?.variantId ?? "";
  return {
    read: cart.row,
    row,
    items,
    book,
    hasLost: lost.length > 0,
    losses: [...cart.losses, ...lossesOf(lost)],
    changes: [{ variantId, before, after: items.find((item) => item.variantId === variantId) }],
    ...reach,
  };
}

/** Which warehouses may supply a cart, nearest first, and what the stock of the wanted item is called. */
export function reachOf({ rank, soldOf }: EditReading, { country, postalCode }: CartRow): Pick<EditPlan, "ranking" | "names"> {
  const { ranking } = rank({ country, postalCode: postalCode ?? undefined });
  return {
    ranking: ranking.map(({ warehouse }) => warehouse.warehouseId),
    names: new Map(soldOf(1).needs.map((need) => [need.variantId, need.productName])),
  };
}

function editedRow(read: CartRow, { country = read.country, postalCode }: ItemEdit, nowMs: number): CartRow {
  const kept = country === read.country ? read.postalCode : null;
  const place = { country, postalCode: postalCode === undefined ? kept : normalisePostalCode(postalCode) };
  return { ...read, ...place, editNo: read.editNo + 1, updatedAtMs: nowMs };
}

/** A line that is there is found although its product is sold no more. */
function isWanted({ variantId }: KnownItem, { soldOf }: EditReading, { kind, wanted }: ItemEdit): boolean {
  if (kind !== "put") return "variantId" in wanted && wanted.variantId === variantId;
  return soldOf(1).items[0]?.variantId === variantId;
}

function wantedItem(
  deps: Deps,
  { soldOf }: EditReading,
  edit: ItemEdit,
  before: KnownItem | undefined,
  live: readonly KnownItem[],
  editNo: number,
): KnownItem {
  const sold = soldOf(edit.quantity ?? before?.quantity ?? 1);
  if (sold.unknown.length > 0) throw stockRefusal(sold.unknown);
  const [item] = sold.items;
  if (sold.ambiguous.length > 0 || !item) throw invalidField("variant_id", "the product has several variants: name one");
  return editedItem(before, edit, { item, needs: sold.needs }, { editNo, lineNo: nextLineNo(live) }, termsNow(deps));
}

function tooLarge(products: number): Refusal {
  const message = `the cart comes to ${products} distinct products of stock; ${MAX_PRODUCTS} are the most`;
  return refusedField("order_too_large", "quantity", message);
}

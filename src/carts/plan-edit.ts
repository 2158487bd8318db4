import type { Wanted } from "../catalog/rules/sellable.ts";
import type { Deps } from "../deps.ts";
import { invalidField, type Refusal, refusedField } from "../errors.ts";
import type { LimitedProduct, OrderLines } from "../pricing/rules/lines.ts";
import { normalisePostalCode } from "../warehouses/rules/postal-code.ts";
import type { Edge, Ranking } from "../warehouses/rules/rank.ts";
import type { EditPlan } from "./apply-edit.ts";
import { type CartBook, priceItems } from "./price-cart.ts";
import { insufficientStock, itemNotFound, perOrderExceeded } from "./refusals.ts";
import { reservationTerms } from "./reserve.ts";
import {
  type Cart,
  type CartRow,
  codeOf,
  type DetailedItem,
  lossesOf,
  MAX_ITEMS,
  MAX_PRODUCTS,
  splitExpired,
} from "./rules/cart.ts";
import { countProducts, editedItem, type ItemFields, nextLineNo } from "./rules/edit.ts";

/** An edit of one line of a cart. */
export interface ItemEdit extends ItemFields {
  cartId: string;
  wanted: Wanted;
  /** `put` adds the line if the cart has none; the others need an existing line. */
  kind: "put" | "change" | "remove";
  country?: string | undefined;
  postalCode?: string | undefined;
  edge?: Edge | undefined;
}

/** What an edit is planned from. */
export interface EditReading {
  cart: Cart;
  book: CartBook;
  /** The catalogue's lines for a quantity of the wanted item. */
  soldOf: (quantity: number) => OrderLines;
  rank: (destination: { country: string; postalCode?: string | undefined }) => Ranking;
}

/**
 * Plans what an edit writes: the line at the current price, together with the other lines.
 * @throws Refusal `not_found` without such a line; `insufficient_stock` for a product that is not sold; `validation_failed` where the
 *   variant has to be named, or the cart would be too large; `order_too_large`; `max_per_order_exceeded`; `country_not_served`
 */
export function planEdit(deps: Deps, reading: EditReading, edit: ItemEdit): EditPlan {
  const { cart, book } = reading;
  const terms = reservationTerms(deps);
  const { live, expired } = splitExpired(cart, terms.nowMs);
  const row = editedRow(cart, edit, terms.nowMs);
  const before = live.find((item) => isWanted(item, reading, edit));
  if (!before && edit.kind !== "put") throw itemNotFound();
  const wanted = edit.kind === "remove" ? undefined : wantedItem(deps, reading, edit, before, live, row.editNo);
  const after = wanted && { ...wanted, promoCode: codeOf({ row, items: [] }) };
  const others = live.filter((item) => item !== before);
  const lines = after ? [...others, after].toSorted((a, b) => a.lineNo - b.lineNo) : others;
  const items = priceItems(deps, row, lines, book);
  if (items.length > MAX_ITEMS) throw invalidField("quantity", `a cart has at most ${MAX_ITEMS} items`);
  if (after && countProducts(items) > MAX_PRODUCTS) throw tooManyProducts(countProducts(items));
  const supply = supplyOf(reading, row);
  if (after && supply.ranking.length === 0) throw refusedField("country_not_served", "country", "no warehouse ships there");
  const variantId = after?.variantId ?? before?.variantId ?? "";
  return {
    read: cart.row,
    row,
    items,
    book,
    hasExpired: expired.length > 0,
    losses: [...cart.losses, ...lossesOf(expired)],
    changes: [{ variantId, before, after: items.find((item) => item.variantId === variantId) }],
    ...supply,
  };
}

/** The warehouses that may supply a cart, nearest first, and the product names of the wanted item's stock. */
export function supplyOf(
  { rank, soldOf }: EditReading,
  { country, postalCode }: CartRow,
): Pick<EditPlan, "ranking" | "productNames"> {
  const { ranking } = rank({ country, postalCode: postalCode ?? undefined });
  return {
    ranking: ranking.map(({ warehouse }) => warehouse.warehouseId),
    productNames: new Map(soldOf(1).needs.map((need) => [need.variantId, need.productName])),
  };
}

function editedRow(cart: Cart, { kind, promoCode, ...edit }: ItemEdit, nowMs: number): CartRow {
  const { row: read } = cart;
  const { country = read.country, postalCode } = edit;
  // A form that adds a line sends no code, or null; that does not take the cart's away.
  const isRemoved = promoCode === null && kind === "change";
  const code = isRemoved ? "" : (promoCode ?? read.promoCode ?? codeOf(cart));
  const unchanged = country === read.country ? read.postalCode : null;
  const destination = { country, postalCode: postalCode === undefined ? unchanged : normalisePostalCode(country, postalCode) };
  return { ...read, ...destination, promoCode: code, editNo: read.editNo + 1, updatedAtMs: nowMs };
}

/** Only `put` resolves the item through the catalogue; an existing line is found even if its product is no longer sold. */
function isWanted({ variantId }: DetailedItem, { soldOf }: EditReading, { kind, wanted }: ItemEdit): boolean {
  if (kind !== "put") return "variantId" in wanted && wanted.variantId === variantId;
  return soldOf(1).items[0]?.variantId === variantId;
}

function wantedItem(
  deps: Deps,
  { soldOf }: EditReading,
  edit: ItemEdit,
  before: DetailedItem | undefined,
  live: readonly DetailedItem[],
  editNo: number,
): DetailedItem {
  const sold = soldOf(edit.quantity ?? before?.quantity ?? 1);
  if (sold.unknown.length > 0) throw insufficientStock(sold.unknown);
  const [item] = sold.items;
  if (sold.ambiguous.length > 0 || !item) throw invalidField("variant_id", "the product has several variants: name one");
  const after = editedItem(
    before,
    edit,
    { item, needs: sold.needs },
    { editNo, lineNo: nextLineNo(live) },
    reservationTerms(deps),
  );
  checkOrderLimit(sold.limits, after, before, live);
  return after;
}

/**
 * Refuses a line with more units than before, where the cart would have more of the product than one order may have.
 * @throws Refusal `max_per_order_exceeded`
 */
function checkOrderLimit(
  [limit]: readonly LimitedProduct[],
  after: DetailedItem,
  before: DetailedItem | undefined,
  live: readonly DetailedItem[],
): void {
  if (!limit || limit.maxPerOrder === null || after.quantity <= (before?.quantity ?? 0)) return;
  const others = live.filter((item) => item !== before && item.productId === after.productId);
  const inOthers = others.reduce((sum, { quantity }) => sum + quantity, 0);
  if (inOthers + after.quantity > limit.maxPerOrder) throw perOrderExceeded(limit, inOthers);
}

function tooManyProducts(products: number): Refusal {
  const message = `the cart would need ${products} distinct products; the limit is ${MAX_PRODUCTS}`;
  return refusedField("order_too_large", "quantity", message);
}

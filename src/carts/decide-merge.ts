import type { Caller, Deps } from "../deps.ts";
import { invalidField, refusedField } from "../errors.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import type { EditPlan } from "./edit.ts";
import { pricedItems, termsNow } from "./read-cart.ts";
import { type Cart, type CartRow, type KnownItem, lossesOf, MAX_ITEMS, MAX_PRODUCTS, partLost } from "./rules/cart.ts";
import { productCount } from "./rules/edit.ts";
import { mergedItems } from "./rules/merge.ts";

/** A merge as it was decided: what the account's cart becomes, and the guest's after it. */
export interface Merge {
  plan: EditPlan;
  /** The guest's cart, empty. Its generation moves on, so that a checkout of it under way records nothing (PROTOCOL K4). */
  emptied: CartRow;
  /** What goes from one to the other. */
  added: KnownItem[];
}

/** What a claim is decided on. */
export interface MergeReading {
  /** The guest's cart, and what is taken of it. */
  guests: CartRow;
  added: KnownItem[];
  /** The account's. */
  own: Cart;
  book: PriceBook;
  caller: Caller;
  ranking: string[];
}

/**
 * Decides what an account's cart has of a guest's.
 * @throws Refusal `validation_failed`, `order_too_large` where they are too large together
 */
export function decideMerge(deps: Deps, { guests, added, own, book, caller, ranking }: MergeReading): Merge {
  const terms = termsNow(deps);
  const { live, lost } = partLost(own, terms.nowMs);
  const row = { ...own.row, editNo: own.row.editNo + 1, updatedAtMs: terms.nowMs };
  const merged = mergedItems(live, added, { editNo: row.editNo, tier: caller.tier ?? null }, terms);
  const others = live.filter(({ variantId }) => !merged.some((item) => item.variantId === variantId));
  const items = pricedItems(
    deps,
    row,
    [...others, ...merged].toSorted((a, b) => a.lineNo - b.lineNo),
    book,
  );
  refuseTooLarge(items);
  const before = new Map(live.map((item) => [item.variantId, item]));
  const changes = merged.map(({ variantId }) => {
    return { variantId, before: before.get(variantId), after: items.find((item) => item.variantId === variantId) };
  });
  const { editNo, generation } = guests;
  return {
    plan: {
      read: own.row,
      row,
      items,
      changes,
      book,
      hasLost: lost.length > 0,
      losses: [...own.losses, ...lossesOf(lost)],
      ranking,
      names: new Map(merged.map(({ variantId, name }) => [variantId, name])),
    },
    emptied: { ...guests, editNo: editNo + 1, generation: generation + 1, updatedAtMs: terms.nowMs },
    added,
  };
}

function refuseTooLarge(items: readonly KnownItem[]): void {
  if (items.length > MAX_ITEMS) throw invalidField("cart_id", `together the carts have more than ${MAX_ITEMS} items`);
  if (productCount(items) <= MAX_PRODUCTS) return;
  throw refusedField(
    "order_too_large",
    "cart_id",
    `together the carts need more than ${MAX_PRODUCTS} distinct products of stock`,
  );
}

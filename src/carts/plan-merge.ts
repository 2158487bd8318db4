import type { Caller, Deps } from "../deps.ts";
import { invalidField, refusedField } from "../errors.ts";
import type { EditPlan } from "./apply-edit.ts";
import { type CartBook, priceItems } from "./price-cart.ts";
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
import { countProducts } from "./rules/edit.ts";
import { mergeItems } from "./rules/merge.ts";

/** The merge of a guest's cart into an account's. */
export interface MergePlan {
  /** The edit of the account's cart. */
  edit: EditPlan;
  /** The guest's cart, empty. Its generation moves on, so that a concurrent checkout of it records nothing (K4). */
  emptied: CartRow;
  /** The guest's lines that are added to the account's cart. */
  added: DetailedItem[];
}

/** What a merge is planned from. */
export interface MergeReading {
  guestCart: CartRow;
  /** The guest's lines that have not expired. */
  added: DetailedItem[];
  accountCart: Cart;
  book: CartBook;
  caller: Caller;
  /** Warehouse ids that may supply, nearest first. */
  ranking: string[];
}

/**
 * Plans the merge of a guest's cart into an account's.
 * @throws Refusal `validation_failed`, `order_too_large` where they are too large together
 */
export function planMerge(deps: Deps, { guestCart, added, accountCart, book, caller, ranking }: MergeReading): MergePlan {
  const terms = reservationTerms(deps);
  const { live, expired } = splitExpired(accountCart, terms.nowMs);
  const promoCode = codeOf(accountCart) ?? codeOf({ row: guestCart, items: added });
  const row = { ...accountCart.row, promoCode, editNo: accountCart.row.editNo + 1, updatedAtMs: terms.nowMs };
  const merged = mergeItems(live, added, { editNo: row.editNo, tier: caller.tier ?? null }, terms);
  const others = live.filter(({ variantId }) => !merged.some((item) => item.variantId === variantId));
  const lines = [...others, ...merged].toSorted((a, b) => a.lineNo - b.lineNo);
  const items = priceItems(deps, row, lines, book);
  refuseTooLarge(items);
  const before = new Map(live.map((item) => [item.variantId, item]));
  const changes = merged.map(({ variantId }) => {
    return { variantId, before: before.get(variantId), after: items.find((item) => item.variantId === variantId) };
  });
  return {
    edit: {
      read: accountCart.row,
      row,
      items,
      changes,
      book,
      hasExpired: expired.length > 0,
      losses: [...accountCart.losses, ...lossesOf(expired)],
      ranking,
      productNames: new Map(merged.map(({ variantId, name }) => [variantId, name])),
    },
    emptied: {
      ...guestCart,
      editNo: guestCart.editNo + 1,
      generation: guestCart.generation + 1,
      updatedAtMs: terms.nowMs,
    },
    added,
  };
}

function refuseTooLarge(items: readonly DetailedItem[]): void {
  if (items.length > MAX_ITEMS) throw invalidField("cart_id", `the carts together have more than ${MAX_ITEMS} items`);
  if (countProducts(items) <= MAX_PRODUCTS) return;
  throw refusedField("order_too_large", "cart_id", `the carts together need more than ${MAX_PRODUCTS} distinct products`);
}

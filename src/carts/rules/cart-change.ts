import type { Change } from "../../writes/rules/change.ts";
import type { CartItem } from "./cart.ts";

/** A line as an edit wrote it, and as it was before; absent where there was, or is, none. */
export interface WrittenItem {
  variantId: string;
  before: CartItem | undefined;
  after: CartItem | undefined;
}

/** What somebody of the shop did to a shopper's cart, for the audit log; nothing where no line was written. */
export function changeOf(verb: string, cartId: string, written: readonly WrittenItem[]): Change[] {
  if (written.length === 0) return [];
  const side = (items: (CartItem | undefined)[]) => ({ items: items.flatMap((item) => (item ? [asked(item)] : [])) });
  const [before, after] = [side(written.map((each) => each.before)), side(written.map((each) => each.after))];
  return [{ action: `cart.${verb}`, recordType: "cart", recordId: cartId, before, after }];
}

function asked({ variantId, quantity, promoCode, tier, unitPriceMinor }: CartItem) {
  return { variantId, quantity, promoCode, tier, unitPriceMinor };
}

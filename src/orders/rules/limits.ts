import { phoneKeys } from "../../rules/phone.ts";
import type { LimitedProduct, LineNeed } from "../../pricing/rules/lines.ts";
import type { Buyer } from "./order-request.ts";
import { type Decided, decided } from "./refusal.ts";

/** What an order's customer is known by for limits: the account, the e-mail and the phone, as far as there are any. */
export function customersOf({
  userId,
  customerEmail,
  customerPhone,
}: Pick<Buyer, "userId" | "customerEmail" | "customerPhone">): string[] {
  return [
    ...(userId === null ? [] : [`user:${userId}`]),
    ...(customerEmail === null ? [] : [`email:${customerEmail.trim().toLowerCase()}`]),
    ...phoneKeys(customerPhone ?? "").map((key) => `phone:${key}`),
  ];
}

/** The refusal of an order with more of a product than one order may have; `undefined` where there is none. */
export function orderLimitRefusal(limits: readonly LimitedProduct[]): Decided | undefined {
  const lines = limits.flatMap(({ productId, productName, quantity, maxPerOrder }) =>
    maxPerOrder === null || quantity <= maxPerOrder
      ? []
      : [
          {
            product_id: productId,
            product_name: productName,
            requested: quantity,
            max_per_order: maxPerOrder,
            allowed: maxPerOrder,
          },
        ],
  );
  const [first] = lines;
  if (!first) return undefined;
  const detail = `One order may have at most ${first.allowed} of ${first.product_name}; ${first.requested} were requested.`;
  return decided("max_per_order_exceeded", detail, { lines });
}

/** What a customer bought of a product so far. */
export interface Bought {
  productId: string;
  bought: number;
  maxPerCustomer: number | null;
}

/** The refusal of an order with more of a product than its customer may still buy; `undefined` where there is none. */
export function customerLimitRefusal(limits: readonly LimitedProduct[], all: readonly Bought[]): Decided | undefined {
  const lines = limits.flatMap(({ productId, productName, quantity }) => {
    const { bought = 0, maxPerCustomer = null } = all.find((each) => each.productId === productId) ?? {};
    if (maxPerCustomer === null || bought + quantity <= maxPerCustomer) return [];
    const allowed = Math.max(0, maxPerCustomer - bought);
    const units = { requested: quantity, max_per_customer: maxPerCustomer, bought, allowed };
    return [{ product_id: productId, product_name: productName, ...units }];
  });
  const [first] = lines;
  if (!first) return undefined;
  const detail = `One customer may buy at most ${first.max_per_customer} of ${first.product_name}; ${first.allowed} may still be bought.`;
  return decided("max_per_customer_exceeded", detail, { lines });
}

/** The refusal of an order that is to be paid first, whose client would hold too many of the free units unpaid. */
export function shareRefusal(
  lines: readonly { productId: string; variantId: string; requested: number; allowed: number }[],
): Decided {
  const [first] = lines;
  const detail = `Until they are paid, you may hold ${first?.allowed} more of this item at the moment; ${first?.requested} were requested.`;
  return decided("hold_share_exceeded", detail, {
    lines: lines.map(({ productId, variantId, ...units }) => ({ product_id: productId, variant_id: variantId, ...units })),
  });
}

/** What one unit of each line needs of the variants, summed: a client may always have so many. */
export function leastUnits(
  needs: readonly LineNeed[],
  items: readonly { lineNo: number; quantity: number }[],
): Record<string, number> {
  const least: Record<string, number> = {};
  for (const { lineNo, variantId, quantity } of needs) {
    const perItem = Math.ceil(quantity / (items.find((item) => item.lineNo === lineNo)?.quantity ?? quantity));
    least[variantId] = (least[variantId] ?? 0) + perItem;
  }
  return least;
}

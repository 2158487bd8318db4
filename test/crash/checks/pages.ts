import type { Pages } from "./read-pages.ts";
import { STOCKED, STOCKED_PRODUCTS } from "../clients/shop.ts";
import type { State } from "./read-state.ts";
import { compareUnits, sumBy, unmatched } from "./units.ts";

// The pages of the API must show what the files contain.

/** Compares the pages of the API with the files. */
export function checkPages(pages: Pages, { d1, objects }: State): string[] {
  const orders = d1("SELECT order_id, status, payment_status FROM orders");
  const statuses = new Set(orders.map((row) => `${row["order_id"]} ${row["status"]} ${row["payment_status"]}`));
  const shown = new Set(pages.orders.map((page) => `${page.order_id} ${page.status} ${page.payment_status}`));
  const levels = objects.flatMap((object) => object.levels);
  const pageLevels = pages.products.flatMap((product) =>
    product.by_warehouse.map((level) => ({ ...level, productId: product.product_id })),
  );
  const productOf = new Map(STOCKED.map(({ productId, variantId }) => [variantId, productId]));
  const { checked, differences, unanswered } = pages.audit;
  return [
    ...unmatched("the list of orders", new Set(orders.map((row) => String(row["order_id"]))), new Set(pages.listedOrderIds)),
    ...unmatched("order", statuses, shown, ["missing on its page", "only on its page"]),
    ...(["on_hand", "reserved", "allocated"] as const).flatMap((what) =>
      compareUnits(
        `${what} in the list of stock`,
        sumBy(
          levels,
          (level) => `${productOf.get(level.variant_id)} in ${level.warehouse_id}`,
          (level) => level[what],
        ),
        sumBy(
          pageLevels,
          (level) => `${level.productId} in ${level.warehouse_id}`,
          (level) => level[what],
        ),
      ),
    ),
    ...pages.transfers
      .filter(({ status }) => !["in_transit", "received", "recalled"].includes(status))
      .map((page) => `transfer with status ${page.status}: ${page.transfer_id}`),
    ...(checked === STOCKED_PRODUCTS.length ? [] : [`the audit checked ${checked} products`]),
    ...differences.map((difference) => `the audit found ${JSON.stringify(difference)}`),
    ...unanswered.map((productId) => `the audit got no answer from ${productId}`),
  ];
}

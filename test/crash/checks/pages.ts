import type { Pages } from "./read-pages.ts";
import { STOCKED, STOCKED_PRODUCTS } from "../clients/shop.ts";
import type { State } from "./read-state.ts";
import { differing, sumBy, unlike } from "./units.ts";

// The API shows what the files have.

/** Findings in what the API shows. */
export function checkPages(pages: Pages, { d1, objects }: State): string[] {
  const orders = d1("SELECT order_id, status, payment_status FROM orders");
  const statuses = new Set(orders.map((row) => `${row["order_id"]} ${row["status"]} ${row["payment_status"]}`));
  const shown = new Set(pages.orders.map((page) => `${page.order_id} ${page.status} ${page.payment_status}`));
  const levels = objects.flatMap((object) => object.levels);
  const shelves = pages.products.flatMap((product) =>
    product.by_warehouse.map((level) => ({ ...level, productId: product.product_id })),
  );
  const productOf = new Map(STOCKED.map(({ productId, variantId }) => [variantId, productId]));
  const { checked, differences, unanswered } = pages.audit;
  return [
    ...unlike("the list of orders", new Set(orders.map((row) => String(row["order_id"]))), new Set(pages.listed)),
    ...unlike("order", statuses, shown, ["no page says", "only the page says"]),
    ...(["on_hand", "reserved"] as const).flatMap((what) =>
      differing(
        `${what} in the list of stock`,
        sumBy(
          levels,
          (level) => `${productOf.get(level.variant_id)} in ${level.warehouse_id}`,
          (level) => level[what],
        ),
        sumBy(
          shelves,
          (level) => `${level.productId} in ${level.warehouse_id}`,
          (level) => level[what],
        ),
      ),
    ),
    ...pages.transfers
      .filter(({ status }) => status !== "in_transit" && status !== "received")
      .map((page) => `a transfer that is ${page.status}: ${page.transfer_id}`),
    ...(checked === STOCKED_PRODUCTS.length ? [] : [`the audit looked at ${checked} products`]),
    ...differences.map((difference) => `the audit found ${JSON.stringify(difference)}`),
    ...unanswered.map((productId) => `the audit was not answered by ${productId}`),
  ];
}

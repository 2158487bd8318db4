import { IS_SOLD } from "./stock.ts";
import type { Row, State } from "./read-state.ts";
import { requestText, requestNumber, acknowledged } from "./acknowledged.ts";
import { compareUnits, sumBy, stockUnitsOf, type Units, unmatched } from "./units.ts";
import { type Entry, textField } from "../clients/workload.ts";

// Every hold has an owner, every owner has its hold, and carts have the acknowledged lines.

/** Checks holds and carts. @param nowMs by the shifted clock  @param isLate an hour has passed, so that no hold may remain */
export function checkHolds(log: readonly Entry[], state: State, nowMs: number, isLate: boolean): string[] {
  const holds = state.objects.flatMap((object) => object.holds);
  const placeOf = (holdId: string, variantId: string) => `${holdId}: ${variantId}`;
  const held = sumBy(
    holds,
    (hold) => placeOf(hold.hold_id, hold.variant_id),
    (hold) => hold.quantity,
  );
  const unitsOf = (orders: string) =>
    state.d1(
      `SELECT hold_id, variant_id, sum(quantity) AS quantity FROM orders JOIN order_allocations USING (order_id)
       WHERE ${orders} GROUP BY 1, 2`,
    );
  const waiting = unitsOf("status = 'PENDING' AND payment_status IN ('pending', 'failed')");
  const paid = unitsOf(`(${IS_SOLD}) AND payment_due_at_ms > ${nowMs}`);
  const inCarts = state.d1(
    `SELECT cart_id AS hold_id, need.value->>'variantId' AS variant_id, sum(need.value->>'quantity') AS quantity,
       min(reserved_until_ms) AS until_ms, min(reserved_until_ms IS NOT NULL) AS is_whole
     FROM cart_items JOIN carts USING (cart_id) CROSS JOIN json_each(needs) need WHERE order_id IS NULL GROUP BY 1, 2`,
  );
  // A paid order's units are sold at once; if that call was lost, when its payment window ends.
  const owned = sumBy([...waiting, ...paid, ...inCarts], keyOf, quantityOf);
  const promised = [...waiting, ...inCarts.filter((row) => row["is_whole"] === 1 && Number(row["until_ms"]) > nowMs)];
  // A removed cart line is gone in D1. If the call to the object was lost, the object releases the units when the reservation expires.
  const removed = new Set(
    acknowledged(log, "edit").flatMap(({ entry, subjectId: cartId }) =>
      removedBy(entry).map((variantId) => placeOf(cartId, variantId)),
    ),
  );
  return [
    ...[...held]
      .filter(([key, units]) => units > (owned.get(key) ?? 0) && !removed.has(key))
      .map(([key, units]) => `held without an owner: ${key}: ${units} of ${owned.get(key) ?? 0}`),
    ...[...sumBy(promised, keyOf, quantityOf)]
      .filter(([key, units]) => (held.get(key) ?? 0) < units)
      .map(([key, units]) => `promised but not held: ${key}: ${held.get(key) ?? 0} of ${units}`),
    ...(isLate ? holds.map((hold) => `still held: ${hold.hold_id} ${hold.variant_id}`) : []),
    ...checkCarts(log, state),
  ];

  function keyOf(row: Row): string {
    return placeOf(String(row["hold_id"]), String(row["variant_id"]));
  }
}

/** The stocked variants of a line that a shopper removed. */
function removedBy(entry: Entry): string[] {
  if (entry.method !== "DELETE") return [];
  const variantId = lastOf(entry.path);
  return [...stockUnitsOf([{ product_id: variantId, variant_id: variantId, quantity: 1 }]).keys()];
}

function lastOf(path: string): string {
  return path.split("/").at(-1) ?? "";
}

function quantityOf(row: Row): number {
  return Number(row["quantity"]);
}

/** The lines of each cart, or of its order, must be the acknowledged ones, except for lines that the cart lost and reported. */
function checkCarts(log: readonly Entry[], { d1 }: State): string[] {
  const carts = new Map(d1("SELECT cart_id, order_id FROM carts").map((row) => [String(row["cart_id"]), row["order_id"]]));
  const created = new Set(acknowledged(log, "cart").map(({ answer }) => textField(answer.body, "cart_id")));
  const checkedOut = acknowledged(log, "checkout").map(
    ({ entry, answer }) => `${requestText(entry, "cart_id")} ${textField(answer.body, "order_id")}`,
  );
  const linked = [...carts].flatMap(([cartId, orderId]) => (orderId === null ? [] : [`${cartId} ${orderId}`]));
  const lines = Map.groupBy(d1("SELECT cart_id, variant_id, quantity FROM cart_items"), (row) => String(row["cart_id"]));
  const items = Map.groupBy(d1("SELECT order_id, variant_id, quantity FROM order_items"), (row) => String(row["order_id"]));
  const lost = new Set(d1("SELECT cart_id, variant_id FROM cart_losses").map((row) => `${row["cart_id"]} ${row["variant_id"]}`));
  const expectedByCart = expectedLinesOf(log);
  return [
    ...[...created].filter((cartId) => !carts.has(cartId)).map((cartId) => `missing cart: ${cartId}`),
    ...unmatched("checkout", new Set(checkedOut), new Set(linked)),
    ...[...expectedByCart].flatMap(([cartId, expected]) => {
      const orderId = carts.get(cartId);
      const rows = orderId === null || orderId === undefined ? lines.get(cartId) : items.get(String(orderId));
      const found = sumBy(rows ?? [], (row) => String(row["variant_id"]), quantityOf);
      const kept = new Map([...expected].filter(([variantId]) => found.has(variantId) || !lost.has(`${cartId} ${variantId}`)));
      return compareUnits(`the lines of ${cartId}`, kept, found);
    }),
  ];
}

/** The acknowledged lines of each cart. Each cart has one client, who sends one edit after the other. */
function expectedLinesOf(log: readonly Entry[]): Map<string, Units> {
  const expectedByCart = new Map<string, Units>();
  for (const { entry, subjectId: cartId } of acknowledged(log, "edit")) {
    const lines = expectedByCart.get(cartId) ?? new Map<string, number>();
    expectedByCart.set(cartId, lines);
    const variantId = requestText(entry, "variant_id") || lastOf(entry.path);
    if (entry.method === "DELETE") lines.delete(variantId);
    else lines.set(variantId, requestNumber(entry, "quantity"));
  }
  return expectedByCart;
}

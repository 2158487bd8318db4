import { LEFT } from "./stock.ts";
import type { Row, State } from "./read-state.ts";
import { asked, askedNumber, toldOf } from "./acknowledged.ts";
import { differing, sumBy, takenBy, type Units, unlike } from "./units.ts";
import { type Entry, textIn } from "../clients/workload.ts";

// Every reservation has an owner and every owner has its reservation; carts have what their shoppers were told.

/** Findings about reservations and carts. @param nowMs by the shifted clock  @param isLate an hour has passed: no reservation is left */
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
  const paid = unitsOf(`(${LEFT}) AND payment_due_at_ms > ${nowMs}`);
  const inCarts = state.d1(
    `SELECT cart_id AS hold_id, need.value->>'variantId' AS variant_id, sum(need.value->>'quantity') AS quantity,
       min(reserved_until_ms) AS until_ms, min(reserved_until_ms IS NOT NULL) AS is_whole
     FROM cart_items JOIN carts USING (cart_id) CROSS JOIN json_each(needs) need WHERE order_id IS NULL GROUP BY 1, 2`,
  );
  // A paid order's units are sold at once, or where that was lost, when its window ends.
  const owned = sumBy([...waiting, ...paid, ...inCarts], nameOf, quantityOf);
  const promised = [...waiting, ...inCarts.filter((row) => row["is_whole"] === 1 && Number(row["until_ms"]) > nowMs)];
  // What is taken out of a cart is gone in D1; an object that did not hear of it gives it back when its time is over, not before.
  const takenOut = new Set(
    toldOf(log, "edit").flatMap(({ entry, of: cartId }) => takenOutBy(entry).map((variantId) => placeOf(cartId, variantId))),
  );
  return [
    ...[...held]
      .filter(([of, units]) => units > (owned.get(of) ?? 0) && !takenOut.has(of))
      .map(([of, units]) => `reserved for nobody: ${of}: ${units} of ${owned.get(of) ?? 0}`),
    ...[...sumBy(promised, nameOf, quantityOf)]
      .filter(([of, units]) => (held.get(of) ?? 0) < units)
      .map(([of, units]) => `promised and not reserved: ${of}: ${held.get(of) ?? 0} of ${units}`),
    ...(isLate ? holds.map((hold) => `still reserved: ${hold.hold_id} ${hold.variant_id}`) : []),
    ...checkCarts(log, state),
  ];

  function nameOf(row: Row): string {
    return placeOf(String(row["hold_id"]), String(row["variant_id"]));
  }
}

/** Variants of the stock that a shopper took out of a cart. */
function takenOutBy(entry: Entry): string[] {
  if (entry.method !== "DELETE") return [];
  const variantId = lastOf(entry.path);
  return [...takenBy([{ product_id: variantId, variant_id: variantId, quantity: 1 }]).keys()];
}

function lastOf(path: string): string {
  return path.split("/").at(-1) ?? "";
}

function quantityOf(row: Row): number {
  return Number(row["quantity"]);
}

/** What each cart has, or had when it became an order: what its shopper was told last, but for what time took and said so. */
function checkCarts(log: readonly Entry[], { d1 }: State): string[] {
  const carts = new Map(d1("SELECT cart_id, order_id FROM carts").map((row) => [String(row["cart_id"]), row["order_id"]]));
  const made = new Set(toldOf(log, "cart").map(({ answer }) => textIn(answer.body, "cart_id")));
  const checkedOut = toldOf(log, "checkout").map(
    ({ entry, answer }) => `${asked(entry, "cart_id")} ${textIn(answer.body, "order_id")}`,
  );
  const linked = [...carts].flatMap(([cartId, orderId]) => (orderId === null ? [] : [`${cartId} ${orderId}`]));
  const lines = Map.groupBy(d1("SELECT cart_id, variant_id, quantity FROM cart_items"), (row) => String(row["cart_id"]));
  const items = Map.groupBy(d1("SELECT order_id, variant_id, quantity FROM order_items"), (row) => String(row["order_id"]));
  const lost = new Set(d1("SELECT cart_id, variant_id FROM cart_losses").map((row) => `${row["cart_id"]} ${row["variant_id"]}`));
  const wishes = wishesOf(log);
  return [
    ...[...made].filter((cartId) => !carts.has(cartId)).map((cartId) => `a cart that is not there: ${cartId}`),
    ...unlike("checkout", new Set(checkedOut), new Set(linked)),
    ...[...wishes].flatMap(([cartId, wish]) => {
      const orderId = carts.get(cartId);
      const rows = orderId === null || orderId === undefined ? lines.get(cartId) : items.get(String(orderId));
      const found = sumBy(rows ?? [], (row) => String(row["variant_id"]), quantityOf);
      const kept = new Map([...wish].filter(([variantId]) => found.has(variantId) || !lost.has(`${cartId} ${variantId}`)));
      return differing(`the lines of ${cartId}`, kept, found);
    }),
  ];
}

/** What shoppers were told last of each cart. Each cart is one client's, who sends one edit after the other. */
function wishesOf(log: readonly Entry[]): Map<string, Units> {
  const wishes = new Map<string, Units>();
  for (const { entry, of: cartId } of toldOf(log, "edit")) {
    const wish = wishes.get(cartId) ?? new Map<string, number>();
    wishes.set(cartId, wish);
    const variantId = asked(entry, "variant_id") || lastOf(entry.path);
    if (entry.method === "DELETE") wish.delete(variantId);
    else wish.set(variantId, askedNumber(entry, "quantity"));
  }
  return wishes;
}

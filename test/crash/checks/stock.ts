import type { Level, ObjectState, Row, State } from "./read-state.ts";
import { requestLines, acknowledged } from "./acknowledged.ts";
import { add, compareUnits, placeOf, sumBy, stockUnitsOf, type Units, unmatched } from "./units.ts";
import { checkParcels } from "./parcels.ts";
import type { Entry } from "../clients/workload.ts";

// Conservation of units: by the acknowledged writes, by the ledgers, and in D1's copy of them.

/** Checks levels, ledgers, sales and the projection. @param nowMs by the shifted clock */
export function checkStock(log: readonly Entry[], state: State, nowMs: number): string[] {
  return [
    ...checkSums(log, state),
    ...state.objects.flatMap(checkLedger),
    ...checkProjection(state),
    ...checkSales(state, nowMs),
    ...checkParcels(state),
    ...state.d1("SELECT action_id FROM stock_actions").map((row) => `still pending: ${row["action_id"]}`),
  ];
}

/**
 * Receipts + Σ count differences + sellable returns = on hand + shipped + damage + issues + in transit + transfer losses, per variant over
 * all warehouses; recalled units are no longer in transit. Only what was shipped is read from the ledgers; `parcels.ts` compares it with the orders.
 */
function checkSums(log: readonly Entry[], { objects }: State): string[] {
  const movements = objects.flatMap((object) => object.movements);
  const expected: Units = new Map();
  for (const { answer } of acknowledged(log, "adjust")) {
    const { variant_id: variantId, movement } = answer.body as { variant_id: string; movement: { delta_on_hand: number } };
    add(expected, variantId, movement.delta_on_hand);
  }
  for (const { entry } of acknowledged(log, "return")) {
    const lines = requestLines(entry).filter((line) => (line as { condition?: string }).condition === "sellable");
    for (const [variantId, units] of stockUnitsOf(lines)) add(expected, variantId, units);
  }
  for (const { entry } of acknowledged(log, "transfer"))
    for (const [variantId, units] of stockUnitsOf(requestLines(entry))) add(expected, variantId, -units);
  for (const { entry } of acknowledged(log, "receipt"))
    for (const [variantId, units] of stockUnitsOf(requestLines(entry))) add(expected, variantId, units);
  for (const [variantId, units] of recalledUnits(log)) add(expected, variantId, units);
  for (const { kind, variant_id: variantId, delta_on_hand: delta } of movements) {
    if (kind === "ship") add(expected, variantId, delta);
  }
  const levels = objects.flatMap((object) => object.levels);
  return compareUnits(
    "units of all warehouses together",
    expected,
    sumBy(
      levels,
      (level) => level.variant_id,
      (level) => level.on_hand,
    ),
  );
}

/** The units of transfers that were recalled, each transfer once, by the answers. */
function recalledUnits(log: readonly Entry[]): Units {
  const answers = new Map(acknowledged(log, "recall").map(({ subjectId, answer }) => [subjectId, answer.body]));
  const lines = [...answers.values()].flatMap(({ items }) => items as { variant_id: string; returned: number }[]);
  return sumBy(
    lines,
    (line) => line.variant_id,
    (line) => line.returned,
  );
}

function checkLedger({ levels, movements, holds, allocations }: ObjectState): string[] {
  const wrong = levels.filter(
    (level) => level.reserved < 0 || level.allocated < 0 || level.reserved + level.allocated > level.on_hand,
  );
  const reserved = sumBy(levels, placeOf, (level) => level.reserved);
  const allocated = sumBy(levels, placeOf, (level) => level.allocated);
  return [
    ...wrong.map(
      (level) =>
        `out of bounds: ${level.reserved} reserved and ${level.allocated} allocated of ${level.on_hand}: ${placeOf(level)}`,
    ),
    ...compareUnits(
      "on hand by the ledger",
      sumBy(movements, placeOf, (move) => move.delta_on_hand),
      sumBy(levels, placeOf, (level) => level.on_hand),
    ),
    ...compareUnits(
      "reserved by the ledger",
      sumBy(movements, placeOf, (move) => move.delta_reserved),
      reserved,
    ),
    ...compareUnits(
      "reserved by the holds",
      sumBy(holds, placeOf, (hold) => hold.quantity),
      reserved,
    ),
    ...compareUnits(
      "allocated by the ledger",
      sumBy(movements, placeOf, (move) => move.delta_allocated),
      allocated,
    ),
    ...compareUnits(
      "allocated to orders",
      sumBy(allocations, placeOf, (row) => row.quantity),
      allocated,
    ),
  ];
}

function checkProjection({ d1, objects }: State): string[] {
  const describe = (level: Level | Row) =>
    `${level.variant_id} in ${level.warehouse_id}: ${level.on_hand} on hand, ${level.reserved} reserved, ${level.allocated} allocated, version ${level.version}`;
  const projected = new Set(d1("SELECT * FROM stock_levels").map(describe));
  const levels = new Set(objects.flatMap((object) => object.levels).map(describe));
  const recorded = objects.flatMap(({ movements }) =>
    movements.filter((move) => move.delta_on_hand !== 0 || move.kind === "count"),
  );
  const moveOf = (move: object) => {
    const { variant_id: variantId, seq, kind, delta_on_hand: delta, reference_id: id } = move as Row;
    return `${variantId} ${seq} ${kind} ${delta} ${id}`;
  };
  const copied = new Set(d1("SELECT * FROM stock_movements").map(moveOf));
  const originals = new Set(recorded.map(moveOf));
  return [
    ...unmatched("level", levels, projected, ["missing in D1", "only in D1"]),
    ...unmatched("movement", originals, copied, ["missing in D1", "only in D1"]),
  ];
}

/** SQL condition: orders whose units are sold, whether they have left or not. */
export const IS_SOLD = `status IN ('PROCESSING', 'COMPLETED', 'RETURNED') OR status = 'PENDING' AND payment_status NOT IN ('pending', 'failed')`;

/**
 * Each order's units were sold once, under its own hold, and nothing else was, so no two orders share a hold. If the call after a payment was
 * lost, the units stay held for the order until its payment window ends, and are sold then (P0).
 */
function checkSales({ d1, objects }: State, nowMs: number): string[] {
  const kept = sumBy(
    objects.flatMap(({ holds }) => holds.filter((hold) => hold.purpose === "awaiting_payment" && hold.expires_at_ms > nowMs)),
    (hold) => `${hold.hold_id}: ${placeOf(hold)}`,
    (hold) => hold.quantity,
  );
  const sold: Units = new Map();
  for (const { kind, reference_id: reference, delta_allocated: delta, ...place } of objects.flatMap(
    ({ movements }) => movements,
  )) {
    if (kind === "allocate" || kind === "deallocate") add(sold, `${reference.split("/")[0]}: ${placeOf(place)}`, delta);
  }
  const allocated = d1(
    `SELECT hold_id, variant_id, warehouse_id, sum(quantity - cancelled - short) AS quantity FROM orders JOIN order_allocations USING (order_id)
     WHERE (${IS_SOLD}) AND quantity > cancelled + short GROUP BY 1, 2, 3`,
  );
  const due = sumBy(
    allocated,
    (row) => `${row["hold_id"]}: ${row["variant_id"]} in ${row["warehouse_id"]}`,
    (row) => Number(row["quantity"]),
  );
  return [...new Set([...due.keys(), ...sold.keys()])].flatMap((key) => {
    const [expected, found] = [due.get(key) ?? 0, sold.get(key) ?? 0];
    const isKept = due.has(key) && found + (kept.get(key) ?? 0) === expected;
    return expected === found || isKept ? [] : [`sold under the hold ${key}: ${found}; its order has ${expected}`];
  });
}

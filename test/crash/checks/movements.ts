import type { Movement, State } from "./read-state.ts";
import { answerText, requestText, requestNumber, requestLines, type Acknowledged, acknowledged } from "./acknowledged.ts";
import { compareUnits, sumBy, stockUnitsOf, type Units, unmatched } from "./units.ts";
import type { Entry } from "../clients/workload.ts";

// Every acknowledged adjustment and transfer is in the ledgers exactly once, and nothing else is.

const ADJUSTMENTS = new Set(["receive", "issue", "count", "damage"]);
const KINDS: Record<string, string> = { in: "receive", out: "issue", set: "count" };

/** Checks adjustments and transfers. */
export function checkMoves(log: readonly Entry[], state: State): string[] {
  const movements = state.objects.flatMap((object) => object.movements);
  return [
    ...checkAdjustments(log, movements),
    ...checkTransfers(log, state, movements),
    ...checkReceipts(log, state, movements),
    ...checkRecalls(log, state, movements),
  ];
}

function checkAdjustments(log: readonly Entry[], movements: readonly Movement[]): string[] {
  const writes = acknowledged(log, "adjust");
  const byReference = Map.groupBy(
    movements.filter(({ kind }) => ADJUSTMENTS.has(kind)),
    (movement) => String(movement.external_reference),
  );
  return [
    ...unmatched(
      "adjustment",
      new Set(writes.map(({ entry }) => requestText(entry, "reference_id"))),
      new Set(byReference.keys()),
    ),
    ...writes.flatMap((each) => {
      const reference = requestText(each.entry, "reference_id");
      const found = (byReference.get(reference) ?? []).map(describeMovement);
      return found.length === 1 && found[0] === describeWrite(each)
        ? []
        : [`${reference}: acknowledged ${describeWrite(each)}; found ${found.join(" and ")}`];
    }),
  ];
}

function describeMovement({ kind, variant_id: variantId, warehouse_id: warehouseId, delta_on_hand: delta }: Movement): string {
  return `${kind} ${delta} of ${variantId} in ${warehouseId}`;
}

/** Describes an adjustment by its request; the difference of a count is known only from the answer. */
function describeWrite({ entry, answer: { body } }: Acknowledged): string {
  const path = entry.path.split("/").at(-1);
  const kind = { counts: "count", damage: "damage" }[path ?? ""] ?? KINDS[requestText(entry, "movement_type")] ?? "";
  const quantity = requestNumber(entry, "quantity");
  const stated = kind === "count" && path === "counts" ? requestNumber(entry, "counted") : quantity;
  const delta = { receive: quantity, issue: -quantity, damage: -quantity }[kind] ?? stated - Number(body["previous_stock"]);
  return `${kind} ${delta} of ${requestText(entry, "variant_id")} in ${requestText(entry, "warehouse_id")}`;
}

function checkTransfers(log: readonly Entry[], { d1 }: State, movements: readonly Movement[]): string[] {
  const writes = acknowledged(log, "transfer");
  const rows = d1("SELECT transfer_id, status FROM transfers");
  const live = rows
    .filter(({ status }) => status === "in_transit" || status === "received" || status === "recalled")
    .map((row) => String(row["transfer_id"]));
  const out = Map.groupBy(
    movements.filter(({ kind }) => kind === "transfer_out"),
    (movement) => movement.reference_id,
  );
  const back = Map.groupBy(
    movements.filter(({ kind, reference_id: id }) => kind === "transfer_in" && id.endsWith("/back")),
    (movement) => movement.reference_id.slice(0, -"/back".length),
  );
  const refused = rows.filter(({ status }) => status === "refused").map((row) => String(row["transfer_id"]));
  return [
    ...unmatched("transfer", new Set(writes.map((each) => answerText(each, "transfer_id"))), new Set(live)),
    ...writes.flatMap((each) => {
      const id = answerText(each, "transfer_id");
      return compareUnits(`units sent with ${id}`, stockUnitsOf(requestLines(each.entry)), unitsOf(out.get(id), -1));
    }),
    ...refused.flatMap((id) =>
      compareUnits(`units returned of the refused ${id}`, unitsOf(out.get(id), -1), unitsOf(back.get(id), 1)),
    ),
    ...[...out.keys()]
      .filter((id) => !live.includes(id) && !refused.includes(id))
      .map((id) => `units left without a transfer: ${id}`),
  ];
}

function checkReceipts(log: readonly Entry[], { d1 }: State, movements: readonly Movement[]): string[] {
  const writes = acknowledged(log, "receipt").filter(({ entry }) => requestLines(entry).length > 0);
  const receipts = Map.groupBy(
    movements.filter(({ kind, reference_id: id }) => kind === "transfer_in" && !id.includes("/")),
    (movement) => movement.reference_id,
  );
  const rows = d1("SELECT transfer_id, variant_id, received, quantity FROM transfer_items");
  const received = sumBy(
    rows,
    (row) => `${row["transfer_id"]} ${row["variant_id"]}`,
    (row) => Number(row["received"]),
  );
  const lines = writes.flatMap(({ entry, subjectId }) => requestLines(entry).map((line) => ({ ...line, transferId: subjectId })));
  return [
    ...unmatched("receipt", new Set(writes.map((each) => answerText(each, "receipt_id"))), new Set(receipts.keys())),
    ...writes.flatMap((each) => {
      const id = answerText(each, "receipt_id");
      return compareUnits(`units received with ${id}`, stockUnitsOf(requestLines(each.entry)), unitsOf(receipts.get(id), 1));
    }),
    ...compareUnits(
      "units received of all transfers",
      sumBy(
        lines,
        (line) => `${line.transferId} ${line.variant_id}`,
        (line) => line.quantity,
      ),
      received,
    ),
    ...rows
      .filter((row) => Number(row["received"]) > Number(row["quantity"]))
      .map((row) => `more received than sent: ${row["transfer_id"]}`),
  ];
}

/** What was not received of a recalled transfer came back, once. */
function checkRecalls(log: readonly Entry[], { d1 }: State, movements: readonly Movement[]): string[] {
  const writes = acknowledged(log, "recall");
  const back = Map.groupBy(
    movements.filter(({ kind, reference_id: id }) => kind === "transfer_in" && id.endsWith("/recall")),
    (movement) => movement.reference_id.slice(0, -"/recall".length),
  );
  const rows =
    d1(`SELECT transfer_id, variant_id, quantity - received AS units FROM transfer_items JOIN transfers USING (transfer_id)
    WHERE status = 'recalled' AND quantity > received`);
  const recalled = Map.groupBy(rows, (row) => String(row["transfer_id"]));
  const ids = new Set([...recalled.keys(), ...back.keys()]);
  return [
    ...unmatched("recall", new Set(writes.map(({ subjectId }) => subjectId)), new Set(recalled.keys())),
    ...[...ids].flatMap((id) =>
      compareUnits(
        `units returned of the recalled ${id}`,
        sumBy(
          recalled.get(id) ?? [],
          (row) => String(row["variant_id"]),
          (row) => Number(row["units"]),
        ),
        unitsOf(back.get(id), 1),
      ),
    ),
  ];
}

function unitsOf(movements: readonly Movement[] = [], sign: 1 | -1): Units {
  return sumBy(
    movements,
    (movement) => movement.variant_id,
    (movement) => sign * movement.delta_on_hand,
  );
}

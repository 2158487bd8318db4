import type { Movement, State } from "./read-state.ts";
import { answered, asked, askedNumber, linesOf, type Told, toldOf } from "./acknowledged.ts";
import { differing, sumBy, takenBy, type Units, unlike } from "./units.ts";
import type { Entry } from "../clients/workload.ts";

// Every change of stock by hand and every transfer that was acknowledged is in the ledgers, once; no other is.

const BY_HAND = new Set(["receive", "issue", "count", "damage"]);
const KINDS: Record<string, string> = { in: "receive", out: "issue", set: "count" };

/** Findings about units that people moved. */
export function checkMoves(log: readonly Entry[], state: State): string[] {
  const movements = state.objects.flatMap((object) => object.movements);
  return [...checkByHand(log, movements), ...checkTransfers(log, state, movements), ...checkReceipts(log, state, movements)];
}

function checkByHand(log: readonly Entry[], movements: readonly Movement[]): string[] {
  const told = toldOf(log, "adjust");
  const made = Map.groupBy(
    movements.filter(({ kind }) => BY_HAND.has(kind)),
    (movement) => String(movement.external_reference),
  );
  return [
    ...unlike("change by hand", new Set(told.map(({ entry }) => asked(entry, "reference_id"))), new Set(made.keys())),
    ...told.flatMap((each) => {
      const reference = asked(each.entry, "reference_id");
      const found = (made.get(reference) ?? []).map(wordsOf);
      return found.length === 1 && found[0] === wordsOfAnswer(each)
        ? []
        : [`${reference}: told ${wordsOfAnswer(each)}; found ${found.join(" and ")}`];
    }),
  ];
}

function wordsOf({ kind, variant_id: variantId, warehouse_id: warehouseId, delta_on_hand: delta }: Movement): string {
  return `${kind} ${delta} of ${variantId} in ${warehouseId}`;
}

/** By what was asked where that says it all; a count's difference is known from the answer alone. */
function wordsOfAnswer({ entry, answer: { body } }: Told): string {
  const path = entry.path.split("/").at(-1);
  const kind = { counts: "count", damage: "damage" }[path ?? ""] ?? KINDS[asked(entry, "movement_type")] ?? "";
  const quantity = askedNumber(entry, "quantity");
  const stated = kind === "count" && path === "counts" ? askedNumber(entry, "counted") : quantity;
  const delta = { receive: quantity, issue: -quantity, damage: -quantity }[kind] ?? stated - Number(body["previous_stock"]);
  return `${kind} ${delta} of ${asked(entry, "variant_id")} in ${asked(entry, "warehouse_id")}`;
}

function checkTransfers(log: readonly Entry[], { d1 }: State, movements: readonly Movement[]): string[] {
  const told = toldOf(log, "transfer");
  const rows = d1("SELECT transfer_id, status FROM transfers");
  const live = rows
    .filter(({ status }) => status === "in_transit" || status === "received")
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
    ...unlike("transfer", new Set(told.map((each) => answered(each, "transfer_id"))), new Set(live)),
    ...told.flatMap((each) => {
      const id = answered(each, "transfer_id");
      return differing(`what left of ${id}`, takenBy(linesOf(each.entry)), unitsOf(out.get(id), -1));
    }),
    ...refused.flatMap((id) =>
      differing(`what came back of ${id}, which was refused`, unitsOf(out.get(id), -1), unitsOf(back.get(id), 1)),
    ),
    ...[...out.keys()]
      .filter((id) => !live.includes(id) && !refused.includes(id))
      .map((id) => `units left for no transfer: ${id}`),
  ];
}

function checkReceipts(log: readonly Entry[], { d1 }: State, movements: readonly Movement[]): string[] {
  const told = toldOf(log, "receipt").filter(({ entry }) => linesOf(entry).length > 0);
  const came = Map.groupBy(
    movements.filter(({ kind, reference_id: id }) => kind === "transfer_in" && !id.endsWith("/back")),
    (movement) => movement.reference_id,
  );
  const rows = d1("SELECT transfer_id, variant_id, received, quantity FROM transfer_items");
  const received = sumBy(
    rows,
    (row) => `${row["transfer_id"]} ${row["variant_id"]}`,
    (row) => Number(row["received"]),
  );
  const lines = told.flatMap(({ entry, of }) => linesOf(entry).map((line) => ({ ...line, of })));
  return [
    ...unlike("receipt", new Set(told.map((each) => answered(each, "receipt_id"))), new Set(came.keys())),
    ...told.flatMap((each) => {
      const id = answered(each, "receipt_id");
      return differing(`what came by ${id}`, takenBy(linesOf(each.entry)), unitsOf(came.get(id), 1));
    }),
    ...differing(
      "what came of transfers",
      sumBy(
        lines,
        (line) => `${line.of} ${line.variant_id}`,
        (line) => line.quantity,
      ),
      received,
    ),
    ...rows
      .filter((row) => Number(row["received"]) > Number(row["quantity"]))
      .map((row) => `more came than was sent: ${row["transfer_id"]}`),
  ];
}

function unitsOf(movements: readonly Movement[] = [], sign: 1 | -1): Units {
  return sumBy(
    movements,
    (movement) => movement.variant_id,
    (movement) => sign * movement.delta_on_hand,
  );
}

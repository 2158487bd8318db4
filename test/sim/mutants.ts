import type { Patch } from "../deployed/bundle.ts";

/** A planted bug. */
export interface Mutant {
  /** The rule that it breaks. */
  breaks: string;
  patches: readonly Patch[];
}

/** The bugs that the simulation has to find. Each takes away what one rule means as a whole, also where two places of the code keep it. */
export const MUTANTS = {
  no_fence: {
    breaks: "C5: the record batch fails where its hold or its key is fenced",
    patches: [
      {
        file: "orders/queries.ts",
        find: "CASE WHEN EXISTS (SELECT 1 FROM ${fences} WHERE id IN (${order.holdId}, ${order.orderId}))",
        replace: "CASE WHEN (${order.holdId} = ${order.orderId})",
      },
    ],
  },
  release_on_unknown: {
    breaks: "C6: nothing is released before D1 said what became of the record",
    patches: [
      {
        file: "orders/placement/record.ts",
        find: "const decided = await resolveRecord(deps, placing, order);",
        replace: `deps.defer((background) => releaseEverywhere(background, productIdsOf(order.allocations), [order.holdId]));
    const decided = await resolveRecord(deps, placing, order);`,
      },
    ],
  },
  placing_lapses: {
    breaks: "O7: only a cart's rows lapse by time alone",
    patches: [
      {
        file: "stock/object/stock-store.ts",
        find: "FROM holds WHERE expires_at_ms <= ? AND purpose = 'cart'`",
        replace: "FROM holds WHERE expires_at_ms <= ? AND purpose <> 'awaiting_payment'`",
      },
    ],
  },
  // The ledger's unique index refuses a second reservation of the same place too, so both go.
  ended_hold_reserved_again: {
    breaks: "O1: an ended hold is never reserved again",
    patches: [
      {
        file: "stock/object/holds.ts",
        find: `return held.length > 0 ? reservedAnswer(store, held) : { outcome: "ended" };`,
        replace: "if (held.length > 0) return reservedAnswer(store, held);",
      },
      {
        file: "stock/object/migrations.ts",
        find: "CREATE UNIQUE INDEX movements_reference ON movements",
        replace: "CREATE INDEX movements_reference ON movements",
      },
    ],
  },
  commit_without_hold: {
    breaks: "O2: a commit never takes units without rows of its hold",
    patches: [
      {
        file: "stock/object/stock-object.ts",
        find: `endHold(this.#store, holdId, "sale", nowMs)`,
        replace: `endHold(this.#store, holdId, "sale", nowMs) || this.#store.movementsOf(holdId, "reserve").some((was) =>
      this.#store.movementsOf(holdId, "sale").length === 0 && this.#store.record(was, was.deltaReserved, {
        kind: "issue", referenceType: "hold", referenceId: holdId, actor: "order", atMs: nowMs }))`,
      },
    ],
  },
  flush_without_guard: {
    breaks: "F2: a level of the projection is written only by a newer one",
    patches: [
      {
        file: "stock/projection/flush-statements.ts",
        find: "as_of_ms = excluded.as_of_ms WHERE excluded.version > stock_levels.version`",
        replace: "as_of_ms = excluded.as_of_ms`",
      },
    ],
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof MUTANTS;

import type { Patch } from "../deployed/bundle.ts";

/** A deliberate bug. */
export interface Mutant {
  /** The protocol rule that it breaks. */
  breaks: string;
  patches: readonly Patch[];
}

/** The bugs that the simulation must catch. Each disables one rule completely, also where two places in the code enforce it. */
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
    breaks: "C6: nothing is released before D1 has resolved the record",
    patches: [
      {
        file: "orders/placement/record.ts",
        find: 'const { record } = await deps.db.batch("resolve record",',
        replace: `deps.defer((background) => releaseEverywhere(background, productIdsOf(allocations), [holdId]));
  const { record } = await deps.db.batch("resolve record",`,
      },
    ],
  },
  placing_lapses: {
    breaks: "O7: only the rows of carts expire by time alone",
    patches: [
      {
        file: "stock/object/stock-store.ts",
        find: "FROM holds WHERE expires_at_ms <= ? AND purpose = 'cart'`",
        replace: "FROM holds WHERE expires_at_ms <= ? AND purpose <> 'awaiting_payment'`",
      },
    ],
  },
  // The ledger's unique index also refuses a second reservation in the same warehouse, so the mutant removes it too.
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
    breaks: "O2: a commit takes units only with rows of its hold",
    patches: [
      {
        file: "stock/object/stock-object.ts",
        find: `endHold(this.#store, holdId, "allocate", nowMs)`,
        replace: `endHold(this.#store, holdId, "allocate", nowMs) || this.#store.movements.of(holdId, "reserve").some((was) =>
      this.#store.movements.of(holdId, "allocate").length === 0 && this.#store.record(was, was.deltaReserved, {
        kind: "issue", referenceType: "hold", referenceId: holdId, actor: "order", atMs: nowMs }))`,
      },
    ],
  },
  reopened_under_old_hold: {
    breaks: "S4: an order that is reopened has the units of a new hold",
    patches: [
      {
        file: "orders/placement/reopening-plan.ts",
        find: "holdId: supply.holdId,",
        replace: "holdId: order.holdId,",
      },
    ],
  },
  // The ledger's unique index refuses the second movement of a shipment, so the mutant gives it another reference.
  shipped_twice: {
    breaks: "O9: a shipment takes its units off the shelf once",
    patches: [
      {
        file: "stock/object/shipments.ts",
        find: `if (store.movements.of(referenceId, "ship").length > 0) return false;`,
        replace: `const earlier = store.movements.of(referenceId, "ship");
  if (earlier.length > 0) {
    for (const line of lines) store.record(line, line.quantity, { kind: "issue", referenceType: "shipment",
      referenceId, actor, atMs: nowMs });
    return true;
  }`,
      },
    ],
  },
  deallocated_after_ship: {
    breaks: "O9: what has left is no longer allocated, so that no cancellation frees it",
    patches: [
      {
        file: "stock/object/shipments.ts",
        find: "    store.allocations.take({ ...line, holdId });\n    store.mustRecord(line, line.quantity, cause);",
        replace: "    store.mustRecord(line, line.quantity, cause);",
      },
    ],
  },
  // The table's own CHECK refuses such a level, so the mutant removes it too.
  count_ignores_allocated: {
    breaks: "O8: a count leaves the units that are allocated",
    patches: [
      {
        file: "stock/rules/movement.ts",
        find: "return after.reserved >= 0 && after.allocated >= 0 && freeUnits(after) >= 0 ? after : undefined;",
        replace: `const free = kind === "count" ? after.onHand - after.reserved : freeUnits(after);
  return after.reserved >= 0 && after.allocated >= 0 && free >= 0 ? after : undefined;`,
      },
      {
        file: "stock/object/migrations.ts",
        find: " CHECK (0 <= allocated AND reserved + allocated <= on_hand)",
        replace: "",
      },
    ],
  },
  cut_not_recorded: {
    breaks: "O11: D1 records whose units a short count takes before the object takes them",
    patches: [
      {
        file: "orders/lifecycle/shortage-queries.ts",
        find: "short = short + (cut.value->>'quantity')",
        replace: "short = short",
      },
    ],
  },
  flush_without_guard: {
    breaks: "F2: a level of the projection is overwritten only by a newer version",
    patches: [
      {
        file: "stock/projection/flush-statements.ts",
        find: "WHERE excluded.version > stock_levels.version",
        replace: "WHERE true",
      },
    ],
  },
  refunded_while_disputed: {
    breaks: "Disputes: refunds wait until a dispute has ended",
    patches: [
      {
        file: "payments/refund-order.ts",
        find: `if (order.openDisputes > 0)`,
        replace: `if (order.openDisputes > 1)`,
      },
    ],
  },
  dispute_reopened: {
    breaks: "Disputes: an older report does not reopen or reverse what has ended",
    patches: [
      {
        file: "payments/rules/dispute.ts",
        find: `return isEnd(known.status) && !isNewer ? undefined`,
        replace: `return isEnd(known.status) && isNewer === undefined ? undefined`,
      },
    ],
  },
  opening_again: {
    breaks: "O13: opening stock is received only where there never was a movement",
    patches: [
      {
        file: "stock/object/openings.ts",
        find: "if (level.version > 0) {",
        replace: "if (earlier.length > 0 && level.version > 0) {",
      },
    ],
  },
  lists_forgotten: {
    breaks: "F5: what lists show of imported products is owed until it is computed",
    patches: [
      {
        file: "stock/audit/refresh-stale.ts",
        find: "figures: refreshStatements(productIds, config.allocationPolicy, batchMs).map(write),",
        replace: "figures: refreshStatements([], config.allocationPolicy, batchMs).map(write),",
      },
    ],
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof MUTANTS;

import type { Level, Place } from "../rules/levels.ts";
import { available } from "../rules/levels.ts";
import type {
  AdjustAnswer,
  Adjustment,
  AdjustRefusal,
  HoldResolution,
  ReserveAnswer,
  ReserveRequest,
} from "../rules/messages.ts";
import { decideReserve, ownerOf, shortBehindWaiters } from "../rules/reserve.ts";
import type { HoldRow, StockStore } from "./stock-store.ts";

// The decisions of a product's object over its store. Each is synchronous and runs inside one storage transaction, so that
// nothing comes between what was read and what is written (DESIGN §3).

/** How long a hold stands while its order is being placed, before D1 is asked about it. */
export const TENTATIVE_MS = 120_000;
/** How long a refused adjustment stays refused: no attempt of it can come later. */
const REFUSAL_KEPT_MS = 7 * 24 * 60 * 60_000;

/**
 * O1. Takes all lines of the product or none. A hold that once reserved and has no rows is over for ever: the ledger is its tombstone.
 * @param mayTake false while others wait for the same variants
 */
export function reserveUnits(store: StockStore, request: ReserveRequest, mayTake: boolean, nowMs: number): ReserveAnswer {
  if (store.hasReserved(request.holdId)) {
    const held = store.holdRows(request.holdId);
    return held.length > 0 ? reservedAnswer(store, held) : { outcome: "ended" };
  }
  const levels = store.levelsOf(request.lines.map(({ variantId }) => variantId));
  const decision = decideReserve(request, levels, () => store.tentativeRows());
  if ("short" in decision) return { outcome: "short", lines: decision.short };
  if (!mayTake) return shortBehindWaiters(request, levels);
  const rows = decision.allocations.map((allocation): HoldRow => ({
    ...allocation,
    holdId: request.holdId,
    purpose: "placing",
    expiresAtMs: nowMs + TENTATIVE_MS,
    cartExpiresAtMs: null,
  }));
  const after = rows.map((row) => {
    store.addHold(row);
    return recordHoldMovement(store, row, "reserve", nowMs, levels.find(isSamePlace(row)));
  });
  return reservedAnswer(store, rows, after);
}

/** Tells the rows of a hold, and their levels as they are now. */
export function reservedAnswer(
  store: StockStore,
  rows: readonly HoldRow[],
  levels = rows.map((row): Level => store.level(row)),
): Extract<ReserveAnswer, { outcome: "reserved" }> {
  const allocations = rows.map(({ variantId, warehouseId, quantity }) => ({ variantId, warehouseId, quantity }));
  return { outcome: "reserved", allocations, levels };
}

/** O2, O4, A2. Ends a hold's rows as sold, given back, or given back by time. Without rows it does nothing. @returns whether it did */
export function endHold(store: StockStore, holdId: string, kind: "sale" | "release" | "expire", nowMs: number): boolean {
  const rows = store.removeHoldRows(holdId);
  for (const row of rows) recordHoldMovement(store, row, kind, nowMs);
  releaseSurplus(store, rows, nowMs);
  return rows.length > 0;
}

/** O3. Keeps a hold's rows until a time. Without rows it does nothing. @returns whether it did */
export function keepHold(store: StockStore, holdId: string, untilMs: number, nowMs: number): boolean {
  const rows = store.holdRows(holdId);
  if (rows.length === 0) return false;
  store.awaitPayment(holdId, untilMs);
  releaseSurplus(store, rows, nowMs);
  return true;
}

/** K4. A checkout that became an order ends its cart: what it left there is free. @param rows of its hold */
function releaseSurplus(store: StockStore, rows: readonly HoldRow[], nowMs: number): void {
  const ofCart = rows.find(({ cartExpiresAtMs }) => cartExpiresAtMs !== null);
  if (!ofCart) return;
  const surplus = store.removeHoldRows(ownerOf(ofCart.holdId));
  for (const row of surplus) recordHoldMovement(store, { ...row, holdId: `${ofCart.holdId}/surplus` }, "release", nowMs);
}

/** O5. Ends a hold whatever its state: gives back its rows, or the units that it sold, once. @returns whether anything moved */
export function restockHold(store: StockStore, holdId: string, nowMs: number): boolean {
  if (endHold(store, holdId, "release", nowMs)) return true;
  if (store.movementsOf(holdId, "restock").length > 0) return false;
  const sales = store.movementsOf(holdId, "sale");
  for (const sale of sales) {
    const quantity = -sale.deltaOnHand;
    required(
      store.record(sale, quantity, { kind: "restock", referenceType: "hold", referenceId: holdId, actor: "order", atMs: nowMs }),
    );
  }
  return sales.length > 0;
}

/**
 * A change of stock by hand, decided once per reference: an attempt that comes late must not move what its caller was told is refused.
 * Nothing may take reserved units away.
 */
export function adjustUnits(store: StockStore, adjustment: Adjustment, nowMs: number): AdjustAnswer {
  const { referenceId, requestHash } = adjustment;
  const known = store.appliedAdjustment(referenceId) ?? store.refusedAdjustment(referenceId);
  if (known && known.requestHash !== requestHash) return { outcome: "reference_reused" };
  if (known && "answer" in known) return { ...(JSON.parse(known.answer) as AdjustRefusal), replayed: true };
  if (known) {
    const { requestHash: _hash, ...movement } = known;
    return { outcome: "moved", movement, replayed: true };
  }
  const answer = applyAdjustment(store, adjustment, nowMs);
  const refused = { requestHash, answer: JSON.stringify(answer) };
  if (answer.outcome !== "moved") store.saveRefusal(referenceId, refused, nowMs, nowMs - REFUSAL_KEPT_MS);
  return answer;
}

function applyAdjustment(store: StockStore, adjustment: Adjustment, nowMs: number): AdjustAnswer {
  const { kind, referenceId, externalReference, requestHash, reason, actor, requestId, expectedOnHand } = adjustment;
  const level = store.level(adjustment);
  if (expectedOnHand !== undefined && expectedOnHand !== level.onHand)
    return { outcome: "not_as_expected", onHand: level.onHand, replayed: false };
  const quantity = kind === "count" ? adjustment.quantity - level.onHand : adjustment.quantity;
  const told = { externalReference, requestHash, reason, actor, requestId, atMs: nowMs };
  const movement = store.record(adjustment, quantity, { kind, referenceType: "adjustment", referenceId, ...told });
  if (!movement) return { outcome: "units_reserved", free: available(level), onHand: level.onHand, replayed: false };
  return { outcome: "moved", movement, replayed: false };
}

/**
 * A2, A3. Applies D1's verdicts to the holds that still have rows; a stale one meets none.
 * @param back gives a checkout's units back to its cart  @returns whether anything changed
 */
export function applyResolutions(
  store: StockStore,
  fates: readonly HoldResolution[],
  back: (holdId: string) => boolean,
  nowMs: number,
): boolean {
  let changed = false;
  for (const fate of fates) {
    if (fate.verdict === "keep") keepHold(store, fate.holdId, fate.untilMs, nowMs);
    else if (fate.verdict === "give_back") back(fate.holdId);
    else if (!endHold(store, fate.holdId, fate.verdict === "commit" ? "sale" : "expire", nowMs)) continue;
    changed = true;
  }
  return changed;
}

/** @param before the level of the row's place, if it is known  @returns the level as it is then */
function recordHoldMovement(
  store: StockStore,
  row: HoldRow,
  kind: "reserve" | "sale" | "release" | "expire",
  nowMs: number,
  before = store.level(row),
): Level {
  const cause = { kind, referenceType: "hold", referenceId: row.holdId, actor: kind === "expire" ? "time" : "order" } as const;
  const moved = required(store.record(row, row.quantity, { ...cause, atMs: nowMs }, before));
  return { ...before, onHand: moved.onHandAfter, reserved: moved.reservedAfter, version: before.version + 1 };
}

export function isSamePlace({ variantId, warehouseId }: Place): (other: Place) => boolean {
  return (other) => other.variantId === variantId && other.warehouseId === warehouseId;
}

/** The units are there by construction; were they not, the whole transaction has to fail. */
export function required<T>(recorded: T | undefined): T {
  if (recorded === undefined) throw new Error("a movement needs units that its level does not have");
  return recorded;
}

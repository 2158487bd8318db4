import type { Level, Place } from "../rules/levels.ts";
import type { HoldResolution, ReserveAnswer, ReserveRequest } from "../rules/messages.ts";
import { decideReserve, ownerOf, shortBehindWaiters } from "../rules/reserve.ts";
import type { HoldRow, StockStore } from "./stock-store.ts";

// Decisions about holds. Each is synchronous and runs inside one storage transaction, so nothing can change between
// its reads and its writes.

/** How long the hold of an order that is being placed lasts before D1 is asked about it. */
export const TENTATIVE_MS = 120_000;

/**
 * Reserves all lines of the product or none (O1). A hold that reserved before and has no rows left has ended and never reserves again;
 * its `reserve` movements in the ledger prove it.
 * @param mayTake false while earlier requests wait for the same variants
 */
export function reserveUnits(store: StockStore, request: ReserveRequest, mayTake: boolean, nowMs: number): ReserveAnswer {
  if (store.hasReserved(request.holdId)) {
    const held = store.holdRows(request.holdId);
    return held.length > 0 ? reservedAnswer(store, held) : { outcome: "ended" };
  }
  const levels = store.levelsOf(request.lines.map(({ variantId }) => variantId));
  const decision = decideReserve(
    request,
    levels,
    () => store.tentativeRows(),
    (variantId) => store.heldByClient(request.share?.client ?? "", variantId, ownerOf(request.holdId)),
  );
  if ("short" in decision) return { outcome: "short", lines: decision.short };
  if (!mayTake) return shortBehindWaiters(request, levels);
  const rows = decision.allocations.map((allocation): HoldRow => ({
    ...allocation,
    holdId: request.holdId,
    purpose: "placing",
    expiresAtMs: nowMs + TENTATIVE_MS,
    cartExpiresAtMs: null,
    client: request.share?.client ?? null,
  }));
  const after = rows.map((row) => {
    store.addHold(row);
    return recordHoldMovement(store, row, "reserve", nowMs, levels.find(isSamePlace(row)));
  });
  return reservedAnswer(store, rows, after);
}

/** The answer for a hold that has rows, with their current levels. */
export function reservedAnswer(
  store: StockStore,
  rows: readonly HoldRow[],
  levels = rows.map((row): Level => store.level(row)),
): Extract<ReserveAnswer, { outcome: "reserved" }> {
  const allocations = rows.map(({ variantId, warehouseId, quantity }) => ({ variantId, warehouseId, quantity }));
  return { outcome: "reserved", allocations, levels };
}

/** Ends a hold as sold, released or expired (O2, O4, A2). Without rows it does nothing. @returns whether it had rows */
export function endHold(store: StockStore, holdId: string, kind: "allocate" | "release" | "expire", nowMs: number): boolean {
  const rows = store.removeHoldRows(holdId);
  for (const row of rows) {
    recordHoldMovement(store, row, kind, nowMs);
    if (kind === "allocate") store.allocations.add(row);
  }
  releaseSurplus(store, rows, nowMs);
  return rows.length > 0;
}

/** Extends a hold until its payment is due (O3). Without rows it does nothing. @returns whether it had rows */
export function keepHold(store: StockStore, holdId: string, untilMs: number, nowMs: number): boolean {
  const rows = store.holdRows(holdId);
  if (rows.length === 0) return false;
  store.awaitPayment(holdId, untilMs);
  releaseSurplus(store, rows, nowMs);
  return true;
}

/** Releases what a checkout left in its cart, because the cart ends with the order (K4). @param rows of the checkout's hold */
function releaseSurplus(store: StockStore, rows: readonly HoldRow[], nowMs: number): void {
  const fromCart = rows.find(({ cartExpiresAtMs }) => cartExpiresAtMs !== null);
  if (!fromCart) return;
  const surplus = store.removeHoldRows(ownerOf(fromCart.holdId));
  for (const row of surplus) recordHoldMovement(store, { ...row, holdId: `${fromCart.holdId}/surplus` }, "release", nowMs);
}

/**
 * Applies D1's resolutions to the holds that still have rows; a hold that ended meanwhile has none (A2, A3).
 * @param returnUnits returns a checkout's units to its cart  @returns whether anything changed
 */
export function applyResolutions(
  store: StockStore,
  resolutions: readonly HoldResolution[],
  returnUnits: (holdId: string) => boolean,
  nowMs: number,
): boolean {
  let changed = false;
  for (const resolution of resolutions) {
    if (resolution.verdict === "keep") keepHold(store, resolution.holdId, resolution.untilMs, nowMs);
    else if (resolution.verdict === "give_back") returnUnits(resolution.holdId);
    else if (!endHold(store, resolution.holdId, resolution.verdict === "commit" ? "allocate" : "expire", nowMs)) continue;
    changed = true;
  }
  return changed;
}

/** @param before the current level, if the caller has already read it  @returns the level after the movement */
function recordHoldMovement(
  store: StockStore,
  row: HoldRow,
  kind: "reserve" | "allocate" | "release" | "expire",
  nowMs: number,
  before = store.level(row),
): Level {
  const cause = { kind, referenceType: "hold", referenceId: row.holdId, actor: kind === "expire" ? "time" : "order" } as const;
  const moved = store.mustRecord(row, row.quantity, { ...cause, atMs: nowMs }, before);
  const { onHandAfter: onHand, reservedAfter: reserved, allocatedAfter: allocated } = moved;
  return { ...before, onHand, reserved, allocated, version: before.version + 1 };
}

export function isSamePlace({ variantId, warehouseId }: Place): (other: Place) => boolean {
  return (other) => other.variantId === variantId && other.warehouseId === warehouseId;
}

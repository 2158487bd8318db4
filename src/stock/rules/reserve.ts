import { allocateLine, type Allocation, type FreeUnits, maxAllocatable, mostOfClient } from "./allocate.ts";
import { available, type Level, type Place } from "./levels.ts";
import type { ReserveAnswer, ReserveRequest, ShortLine } from "./messages.ts";

/** Units held by an order that is still being placed. */
export interface TentativeRow extends Place {
  holdId: string;
  quantity: number;
}

/** Units of a variant in a client's unpaid holds: of earlier attempts at the same order, and of everything else. */
interface HeldByClient {
  own: number;
  elsewhere: number;
}

export type ReserveDecision = { allocations: Allocation[] } | { short: ShortLine[] };

/**
 * Decides a reservation: all lines of the product or none (O1).
 * @param tentativeRows read only when a line is short  @param heldByClient read only for an order that is to be paid first
 */
export function decideReserve(
  request: ReserveRequest,
  levels: readonly Level[],
  tentativeRows: () => readonly TentativeRow[],
  heldByClient: (variantId: string) => HeldByClient = () => ({ own: 0, elsewhere: 0 }),
): ReserveDecision {
  const free = sumUnits(levels, available);
  const allocated = request.lines.map((line) => allocateLine(request.policy, request.ranking, line, free));
  if (allocated.every((allocations) => allocations !== undefined)) {
    const beyond = beyondShare(request, levels, heldByClient);
    return beyond.length > 0 ? { short: beyond } : { allocations: allocated.flat() };
  }
  const tentative = tentativeRows();
  const short = request.lines.filter((_, index) => allocated[index] === undefined);
  return { short: short.map((line) => shortLine(request, line, free, tentative)) };
}

/** Lines that the client may not have beside its other unpaid holds. */
function beyondShare(
  { lines, share }: ReserveRequest,
  levels: readonly Level[],
  heldByClient: (variantId: string) => HeldByClient,
): ShortLine[] {
  if (!share) return [];
  return lines.flatMap((line) => {
    const free = levels
      .filter(({ variantId }) => variantId === line.variantId)
      .reduce((units, level) => units + available(level), 0);
    const most = mostOfClient(share.percent, {
      free,
      ...heldByClient(line.variantId),
      least: share.least?.[line.variantId] ?? 1,
    });
    if (line.quantity <= most) return [];
    return [{ ...line, available: most, tentative: false, isBehind: false, ownHolds: [], most }];
  });
}

/** Describes why a line is short. @param free the units that it could take, its own included */
export function shortLine(
  request: Pick<ReserveRequest, "holdId" | "policy" | "ranking">,
  line: ReserveRequest["lines"][number],
  free: FreeUnits,
  tentative: readonly TentativeRow[],
): ShortLine {
  const held = sumUnits(tentative, (row) => row.quantity);
  const freeAtMost: FreeUnits = (variantId, warehouseId) => free(variantId, warehouseId) + held(variantId, warehouseId);
  const own = tentative.filter((row) => row.variantId === line.variantId && ownerOf(row.holdId) === ownerOf(request.holdId));
  return {
    ...line,
    available: maxAllocatable(request.policy, request.ranking, line.variantId, free),
    tentative: allocateLine(request.policy, request.ranking, line, freeAtMost) !== undefined,
    isBehind: false,
    ownHolds: [...new Set(own.map((row) => row.holdId))],
  };
}

/** The answer to a request that may not take free units, because earlier requests wait for them. */
export function shortBehindWaiters(request: ReserveRequest, levels: readonly Level[]): ReserveAnswer {
  const free = sumUnits(levels, available);
  const lines = request.lines.map((line) => ({
    ...line,
    available: maxAllocatable(request.policy, request.ranking, line.variantId, free),
    tentative: true,
    isBehind: true,
    ownHolds: [],
  }));
  return { outcome: "short", lines };
}

/** Whether every short line may become available by itself, without fencing an earlier attempt at the same order (C4). */
export function isWorthWaiting(answer: ReserveAnswer): boolean {
  return answer.outcome === "short" && answer.lines.every((line) => line.tentative && line.ownHolds.length === 0);
}

/** The order's or cart's id that a hold belongs to: what stands before the last point. */
export function ownerOf(holdId: string): string {
  return holdId.slice(0, holdId.lastIndexOf("."));
}

/** Sums rows per place. */
export function sumUnits<R extends Place>(rows: readonly R[], units: (row: R) => number): FreeUnits {
  const byPlace = new Map<string, number>();
  for (const row of rows) {
    const key = placeKey(row.variantId, row.warehouseId);
    byPlace.set(key, (byPlace.get(key) ?? 0) + units(row));
  }
  return (variantId, warehouseId) => byPlace.get(placeKey(variantId, warehouseId)) ?? 0;
}

function placeKey(variantId: string, warehouseId: string): string {
  return `${variantId}\u0000${warehouseId}`;
}

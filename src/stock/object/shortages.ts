import { expireUnits, type Stores } from "./cart-holds.ts";
import { type Level, freeUnits } from "../rules/levels.ts";
import type { Adjustment, Movement } from "../rules/messages.ts";
import type { ShortageQuestion, UnitCut } from "../rules/shortage-messages.ts";
import { saveRefusal, shelfUnits } from "./refusals.ts";
import { cancelUnits } from "./shipments.ts";
import type { Shortage } from "./shortage-store.ts";
import type { StockStore } from "./stock-store.ts";

// A shelf that has fewer units than are promised (O11). Each decision is synchronous and runs inside one storage transaction.

/** The questions that one run asks about a shortage; each but the last found that more had to be cut. */
const MAX_ROUNDS = 3;
/** How long an object waits before it asks D1 again. */
const ASK_AGAIN_MS = 5_000;
/** How long a shortage waits for promises that D1 does not know: longer than any order is being placed, and than its sweep takes. */
const MAX_OPEN_MS = 10 * 60_000;

/**
 * Takes units off on hand although they are promised: carts lose theirs at once, the rest waits for orders to be cut, and is not for sale
 * meanwhile.
 * @param units more than are free  @returns the movement, or `undefined` where orders have to be cut first
 */
export function openShortage(stores: Stores, adjustment: Adjustment, units: number, nowMs: number): Movement | undefined {
  const { variantId, warehouseId, referenceId } = adjustment;
  const shortage = { variantId, warehouseId, units, round: 1, referenceId, adjustment, openedAtMs: nowMs };
  if (expireCartsAt(stores, shortage, nowMs)) return take(stores.store, shortage, units, nowMs);
  stores.store.shortages.open(shortage);
  return undefined;
}

/** What D1 has to decide in this round: whose units are cut. It is asked even where enough are free by now, because an earlier question may be under way. */
function questionOf(store: StockStore, shortage: Shortage): ShortageQuestion {
  const { variantId, warehouseId, referenceId, round, units, adjustment } = shortage;
  const missing = Math.max(units - freeUnits(store.level(shortage)), 0);
  return { shortageId: `${referenceId}/${round}`, variantId, warehouseId, units: missing, actor: adjustment.actor };
}

/**
 * Ends the shortages of a product, oldest first: asks D1, and cuts what it decides.
 * @param cutOrders decides a question once (A6)  @param apply runs a decision in a transaction  @throws what `cutOrders` throws; then nothing is lost
 */
export async function settleShortages(
  stores: Stores,
  cutOrders: (question: ShortageQuestion) => Promise<UnitCut[]>,
  apply: (decide: (nowMs: number) => boolean) => void,
): Promise<void> {
  for (const { referenceId } of stores.store.shortages.all()) {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const shortage = stores.store.shortages.of(referenceId);
      if (!shortage) break;
      const cuts = await cutOrders(questionOf(stores.store, shortage));
      apply((nowMs) => carryOutCuts(stores, shortage, cuts, nowMs));
      if (cuts.length === 0) break;
    }
  }
}

/** An object's engine, as far as a shortage needs it. */
interface Engine {
  stores: Stores;
  apply: (decide: (nowMs: number) => boolean) => void;
}

/** Asks D1 at once. What it does not answer in time, the alarm asks again. */
export async function settleAtOnce(engine: Engine, cutOrders: Parameters<typeof settleShortages>[1]): Promise<void> {
  try {
    await settleShortages(engine.stores, cutOrders, (decide) => engine.apply(decide));
  } catch (error) {
    console.error(JSON.stringify({ event: "shortage_not_settled", error: String(error) }));
  }
}

/** When to ask D1 again; `undefined` where nothing is short. */
export function nextQuestionMs(store: StockStore, nowMs: number): number | undefined {
  return store.shortages.all().length > 0 ? nowMs + ASK_AGAIN_MS : undefined;
}

/**
 * Cuts what D1 decided in a round, and ends the shortage where what it takes is free by then. It also ends where nothing is promised any more, or
 * for too long by orders that D1 does not know: then it takes what is free.
 * @returns whether the round was open; a repeat changes nothing
 */
function carryOutCuts(stores: Stores, asked: Shortage, cuts: readonly UnitCut[], nowMs: number): boolean {
  const { store } = stores;
  const shortage = store.shortages.of(asked.referenceId);
  if (shortage?.round !== asked.round) return false;
  const { variantId, warehouseId, referenceId, round, adjustment } = shortage;
  // Two lines of an order may have units of this place. A cancellation frees the units of a hold once, so it is one for both.
  for (const [holdId, own] of Map.groupBy(cuts, (cut) => cut.holdId)) {
    const quantity = own.reduce((sum, cut) => sum + cut.quantity, 0);
    const lines = [{ variantId, warehouseId, quantity }];
    cancelUnits(store, { holdId, cancellationId: `${referenceId}/${round}`, lines, actor: adjustment.actor }, nowMs);
  }
  const isEnough = expireCartsAt(stores, shortage, nowMs);
  const level = store.level(shortage);
  const isHopeless = cuts.length === 0 && (!isPromised(level) || nowMs - shortage.openedAtMs > MAX_OPEN_MS);
  if (!isEnough && !isHopeless) {
    store.shortages.nextRound(referenceId);
    return true;
  }
  const taken = Math.min(shortage.units, freeUnits(level));
  store.shortages.close(referenceId);
  if (taken > 0 || adjustment.kind === "count") take(store, shortage, taken, nowMs);
  else saveRefusal(store, adjustment, { outcome: "units_reserved", ...shelfUnits(level), replayed: false }, nowMs);
  return true;
}

function isPromised({ reserved, allocated }: Level): boolean {
  return reserved + allocated > 0;
}

/** Ends carts' reservations in a place, those that end last first, until enough units are free. @returns whether they are */
function expireCartsAt(stores: Stores, { units, ...place }: Shortage, nowMs: number): boolean {
  const { store } = stores;
  const rows = store.cartRowsAt(place);
  for (const row of rows) {
    if (freeUnits(store.level(place)) >= units) break;
    expireUnits(stores, row.holdId, row, nowMs);
    store.removeHold(row);
  }
  return freeUnits(store.level(place)) >= units;
}

/** Records the change as it was asked for; where less could be taken than that, with what was taken. */
function take(store: StockStore, { adjustment }: Shortage, units: number, nowMs: number): Movement {
  const { kind, referenceId, externalReference, requestHash, reason, actor, requestId } = adjustment;
  const cause = { referenceType: "adjustment", referenceId, externalReference, requestHash, reason, actor, requestId } as const;
  const signed = kind === "count" ? -units : units;
  return store.mustRecord(adjustment, signed, { kind, ...cause, atMs: nowMs });
}

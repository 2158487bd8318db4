import type { Config } from "../../config.ts";
import type { Query } from "../../db/client.ts";
import { type Stores, type Decided, lapseCarts } from "./cart-holds.ts";
import { CartStore } from "./cart-store.ts";
import { returnToCart } from "./checkout-holds.ts";
import { AlarmScheduler, earliest } from "./alarm-scheduler.ts";
import { applyResolutions, keepHold, reserveUnits, TENTATIVE_MS } from "./holds.ts";
import { Projector } from "./projector.ts";
import type { Lapsed } from "../rules/cart-messages.ts";
import type { HoldResolution, ReserveAnswer, ReserveRequest } from "../rules/messages.ts";
import { isWorthWaiting } from "../rules/reserve.ts";
import { StockStore } from "./stock-store.ts";
import { WaitQueue } from "./wait-queue.ts";

/** PROTOCOL A1: holds asked about in one batch. */
const MAX_RESOLVED_HOLDS = 100;

/** How many of its intervals a flush that only sales are owed may wait: D1 would spend more on the flushes than on the orders. */
const LAZY_INTERVALS = 10;

/** What an alarm asks the outside. */
interface Outside {
  productId: string | undefined;
  db: D1Database;
  resolveHolds: (holdIds: string[]) => Promise<HoldResolution[]>;
  lapsedQueries: (units: Lapsed[]) => Query<unknown>[];
}

/** Where an object decides: each decision is one synchronous transaction, and what follows of it is seen to. */
export class StockEngine {
  readonly stores: Stores;
  readonly projector: Projector;
  readonly waitQueue = new WaitQueue((request, mayTake) => this.#attempt(request, mayTake, true));
  readonly #storage: DurableObjectStorage;
  readonly #config: Config;
  readonly #scheduler: AlarmScheduler;

  constructor(storage: DurableObjectStorage, config: Config) {
    this.#storage = storage;
    this.#config = config;
    this.stores = { store: new StockStore(storage.sql), carts: new CartStore(storage.sql) };
    this.#scheduler = new AlarmScheduler(storage);
    this.projector = new Projector(storage, config);
  }

  /** Finds what an earlier life of the object left. */
  load(): Promise<void> {
    return this.#scheduler.load();
  }

  /** O1. Reserves at once, or waits for it. */
  reserve(request: ReserveRequest): ReserveAnswer | Promise<ReserveAnswer> {
    this.lapse();
    const answer = this.#attempt(request, !this.waitQueue.blocks(request), false);
    return request.waitMs > 0 && isWorthWaiting(answer) ? this.waitQueue.enqueue(request) : answer;
  }

  /** Decides after carts whose time is over have given theirs back. */
  answer<A>(decide: (nowMs: number) => Decided<A>): A {
    this.lapse();
    const { answer, changed } = this.#storage.transactionSync(() => decide(Date.now()));
    if (changed) this.#changed();
    this.#wakeForExpiry();
    // What a cart reserved may stand for an hour, and the edit that is to tell D1 of it may die.
    if (this.projector.isOwed) this.#flushWithin(LAZY_INTERVALS);
    return answer;
  }

  /** @param decide whether it changed anything */
  change(decide: (nowMs: number) => boolean): void {
    if (this.#decide(decide)) this.#changed();
  }

  /** O2. What D1 has as available stays right when units leave that were reserved, so that its flush may be lazy (DESIGN §6). */
  sell(decide: (nowMs: number) => boolean): void {
    if (this.#decide(decide)) this.#changed(LAZY_INTERVALS);
  }

  /** O7. Carts whose time is over give theirs back before anything else is decided, to those who wait first. */
  lapse(): void {
    // Nothing comes between the look and the transaction, and most decisions find nothing.
    if (this.stores.store.lapsedRows(Date.now()).length === 0) return;
    this.change((nowMs) => lapseCarts(this.stores, nowMs));
  }

  /** Has D1 told of the product although no level changed. */
  requestFlush(): void {
    this.projector.requestFlush();
    this.#scheduler.scheduleBy(Date.now() + this.#config.flushIntervalMs);
  }

  /** O3. For as long as a hold is kept lists have to know of it, so it is flushed although no level changes. */
  keep(holdId: string, untilMs: number): void {
    if (!this.#decide((nowMs) => keepHold(this.stores.store, holdId, untilMs, nowMs))) return;
    this.projector.requestFlush();
    this.#scheduler.scheduleBy(untilMs);
    this.#changed();
  }

  /** One alarm for three clocks: holds that ran out, the flush, and the next try. It catches everything, for an alarm that stops is never set again. */
  async onAlarm(outside: Outside): Promise<void> {
    const { productId } = outside;
    this.#scheduler.onAlarm();
    try {
      this.#settle((nowMs) => lapseCarts(this.stores, nowMs));
      await this.#resolveOverdue(outside);
      if (productId !== undefined) await this.projector.flush(productId, outside.db, outside.lapsedQueries);
      this.#scheduler.recordRun(true);
    } catch (error) {
      const failures = this.#scheduler.recordRun(false);
      console.error(JSON.stringify({ event: "alarm_failed", product_id: productId, failures, error: String(error) }));
    }
    this.#scheduler.schedule(this.#nextAlarmMs());
  }

  /** @param lapses whether carts may have run out since the last look */
  #attempt(request: ReserveRequest, mayTake: boolean, lapses: boolean): ReserveAnswer {
    const nowMs = Date.now();
    const answer = this.#storage.transactionSync(() => {
      if (lapses) lapseCarts(this.stores, nowMs);
      return reserveUnits(this.stores.store, request, mayTake, nowMs);
    });
    // Every other hold had the alarm set for it when it was made.
    if (answer.outcome === "reserved" && !this.#scheduler.isFailing) this.#scheduler.scheduleBy(nowMs + TENTATIVE_MS);
    return answer;
  }

  /** Runs a decision of the alarm, which flushes and sets the next one itself. */
  #settle(decide: (nowMs: number) => boolean): void {
    if (!this.#decide(decide)) return;
    this.projector.flushWithin(1);
    this.waitQueue.retryAll();
  }

  #decide(decide: (nowMs: number) => boolean): boolean {
    return this.#storage.transactionSync(() => decide(Date.now()));
  }

  /**
   * The projection is owed a flush, and those who wait may get theirs. While D1 is silent the next try stands already, and no
   * change brings it forward.
   */
  #changed(intervals = 1): void {
    this.#flushWithin(intervals);
    this.waitQueue.retryAll();
  }

  #flushWithin(intervals: number): void {
    this.projector.flushWithin(intervals);
    if (!this.#scheduler.isFailing) this.#scheduler.scheduleBy(Date.now() + intervals * this.#config.flushIntervalMs);
  }

  /** While D1 is silent holds may be long overdue; the next try, which stands already, sees to them. */
  #wakeForExpiry(): void {
    if (this.#scheduler.isFailing) return;
    const expiryMs = this.stores.store.nextExpiryMs();
    if (expiryMs !== undefined) this.#scheduler.scheduleBy(expiryMs);
  }

  async #resolveOverdue({ resolveHolds: fateOf }: Outside): Promise<void> {
    const overdue = this.stores.store.overdueHolds(Date.now(), MAX_RESOLVED_HOLDS);
    if (overdue.length === 0) return;
    const fates = await fateOf(overdue);
    if (fates.length < overdue.length) throw new Error("D1 did not say what became of every hold");
    this.#settle((nowMs) =>
      applyResolutions(this.stores.store, fates, (holdId) => returnToCart(this.stores, holdId, nowMs), nowMs),
    );
  }

  #nextAlarmMs(): number | undefined {
    return this.#scheduler.retryAtMs(Date.now()) ?? earliest([this.stores.store.nextExpiryMs(), this.projector.dueAtMs()]);
  }
}

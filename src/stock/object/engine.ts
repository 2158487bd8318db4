import type { Config } from "../../config.ts";
import type { Query } from "../../db/client.ts";
import { type Stores, type Decision, expireCarts } from "./cart-holds.ts";
import { CartStore } from "./cart-store.ts";
import { returnToCart } from "./checkout-holds.ts";
import { AlarmScheduler, earliest } from "./alarm-scheduler.ts";
import { applyResolutions, keepHold, reserveUnits, TENTATIVE_MS } from "./holds.ts";
import { Projector } from "./projector.ts";
import type { ExpiredUnits } from "../rules/cart-messages.ts";
import type { HoldResolution, ReserveAnswer, ReserveRequest } from "../rules/messages.ts";
import { isWorthWaiting } from "../rules/reserve.ts";
import { StockStore } from "./stock-store.ts";
import { WaitQueue } from "./wait-queue.ts";

/** PROTOCOL A1: holds asked about in one batch. */
const MAX_RESOLVED_HOLDS = 100;

/** How many of its intervals a flush that only sales are owed may wait: D1 would spend more on the flushes than on the orders. */
const LAZY_FLUSH_INTERVALS = 10;

/** What an alarm asks the outside. */
interface AlarmContext {
  productId: string | undefined;
  db: D1Database;
  resolveHolds: (holdIds: string[]) => Promise<HoldResolution[]>;
  expiredQueries: (units: ExpiredUnits[]) => Query<unknown>[];
}

/** Where an object decides: each decision is one synchronous transaction, and what follows of it is seen to. */
export class StockEngine {
  readonly stores: Stores;
  readonly projector: Projector;
  readonly waitQueue = new WaitQueue((request, mayTake) => this.#tryReserve(request, mayTake, true));
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
    this.expireCarts();
    const decide = this.#tryReserve(request, !this.waitQueue.hasWaitersFor(request), false);
    return request.waitMs > 0 && isWorthWaiting(decide) ? this.waitQueue.enqueue(request) : decide;
  }

  /** Decides after carts whose time is over have given theirs back. */
  answer<A>(decide: (nowMs: number) => Decision<A>): A {
    this.expireCarts();
    const { answer, changed } = this.#storage.transactionSync(() => decide(Date.now()));
    if (changed) this.#afterChange();
    this.#scheduleExpiry();
    // What a cart reserved may stand for an hour, and the edit that is to tell D1 of it may die.
    if (this.projector.needsFlush) this.#scheduleFlush(LAZY_FLUSH_INTERVALS);
    return answer;
  }

  /** @param decide whether it changed anything */
  apply(decide: (nowMs: number) => boolean): void {
    if (this.#transact(decide)) this.#afterChange();
  }

  /** O2. What D1 has as available stays right when units leave that were reserved, so that its flush may be lazy (DESIGN §6). */
  applySale(decide: (nowMs: number) => boolean): void {
    if (this.#transact(decide)) this.#afterChange(LAZY_FLUSH_INTERVALS);
  }

  /** O7. Carts whose time is over give theirs back before anything else is decided, to those who wait first. */
  expireCarts(): void {
    // Nothing comes between the look and the transaction, and most decisions find nothing.
    if (this.stores.store.expiredCartRows(Date.now()).length === 0) return;
    this.apply((nowMs) => expireCarts(this.stores, nowMs));
  }

  /** Has D1 told of the product although no level changed. */
  requestFlush(): void {
    this.projector.requestFlush();
    this.#scheduler.ensureBy(Date.now() + this.#config.flushIntervalMs);
  }

  /** O3. For as long as a hold is kept lists have to know of it, so it is flushed although no level changes. */
  keep(holdId: string, untilMs: number): void {
    if (!this.#transact((nowMs) => keepHold(this.stores.store, holdId, untilMs, nowMs))) return;
    this.projector.requestFlush();
    this.#scheduler.ensureBy(untilMs);
    this.#afterChange();
  }

  /** One alarm for three clocks: holds that ran out, the flush, and the next try. It catches everything, for an alarm that stops is never set again. */
  async onAlarm(outside: AlarmContext): Promise<void> {
    const { productId } = outside;
    this.#scheduler.clear();
    try {
      this.#applyInAlarm((nowMs) => expireCarts(this.stores, nowMs));
      await this.#resolveOverdue(outside);
      if (productId !== undefined) await this.projector.flush(productId, outside.db, outside.expiredQueries);
      this.#scheduler.recordOutcome(true);
    } catch (error) {
      const failures = this.#scheduler.recordOutcome(false);
      console.error(JSON.stringify({ event: "alarm_failed", product_id: productId, failures, error: String(error) }));
    }
    this.#scheduler.reset(this.#nextAlarmMs());
  }

  /** @param lapses whether carts may have run out since the last look */
  #tryReserve(request: ReserveRequest, mayTake: boolean, lapses: boolean): ReserveAnswer {
    const nowMs = Date.now();
    const answer = this.#storage.transactionSync(() => {
      if (lapses) expireCarts(this.stores, nowMs);
      return reserveUnits(this.stores.store, request, mayTake, nowMs);
    });
    // Every other hold had the alarm set for it when it was made.
    if (answer.outcome === "reserved" && !this.#scheduler.isFailing) this.#scheduler.ensureBy(nowMs + TENTATIVE_MS);
    return answer;
  }

  /** Runs a decision of the alarm, which flushes and sets the next one itself. */
  #applyInAlarm(decide: (nowMs: number) => boolean): void {
    if (!this.#transact(decide)) return;
    this.projector.limitDelay(1);
    this.waitQueue.retryAll();
  }

  #transact(decide: (nowMs: number) => boolean): boolean {
    return this.#storage.transactionSync(() => decide(Date.now()));
  }

  /**
   * The projection is owed a flush, and those who wait may get theirs. While D1 is silent the next try stands already, and no
   * change brings it forward.
   */
  #afterChange(intervals = 1): void {
    this.#scheduleFlush(intervals);
    this.waitQueue.retryAll();
  }

  #scheduleFlush(intervals: number): void {
    this.projector.limitDelay(intervals);
    if (!this.#scheduler.isFailing) this.#scheduler.ensureBy(Date.now() + intervals * this.#config.flushIntervalMs);
  }

  /** While D1 is silent holds may be long overdue; the next try, which stands already, sees to them. */
  #scheduleExpiry(): void {
    if (this.#scheduler.isFailing) return;
    const expiryMs = this.stores.store.nextExpiryMs();
    if (expiryMs !== undefined) this.#scheduler.ensureBy(expiryMs);
  }

  async #resolveOverdue({ resolveHolds: fateOf }: AlarmContext): Promise<void> {
    const overdue = this.stores.store.overdueHolds(Date.now(), MAX_RESOLVED_HOLDS);
    if (overdue.length === 0) return;
    const fates = await fateOf(overdue);
    if (fates.length < overdue.length) throw new Error("D1 did not say what became of every hold");
    this.#applyInAlarm((nowMs) =>
      applyResolutions(this.stores.store, fates, (holdId) => returnToCart(this.stores, holdId, nowMs), nowMs),
    );
  }

  #nextAlarmMs(): number | undefined {
    return this.#scheduler.retryAtMs(Date.now()) ?? earliest([this.stores.store.nextExpiryMs(), this.projector.nextFlushMs()]);
  }
}

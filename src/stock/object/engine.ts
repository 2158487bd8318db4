import type { Config } from "../../config.ts";
import { withTimeout } from "../../db/client.ts";
import { type Stores, type Decision, expireCarts } from "./cart-holds.ts";
import { CartStore } from "./cart-store.ts";
import { returnToCart } from "./checkout-holds.ts";
import { AlarmScheduler, earliest } from "./alarm-scheduler.ts";
import { applyResolutions, keepHold, reserveUnits, TENTATIVE_MS } from "./holds.ts";
import { type FlushTarget, Projector } from "./projector.ts";
import type { HoldResolution, ReserveAnswer, ReserveRequest } from "../rules/messages.ts";
import type { ShortageQuestion, UnitCut } from "../rules/shortage-messages.ts";
import { isWorthWaiting } from "../rules/reserve.ts";
import { StockStore } from "./stock-store.ts";
import { nextQuestionMs, settleShortages } from "./shortages.ts";
import { WaitQueue } from "./wait-queue.ts";

/** The most overdue holds that one alarm run asks D1 about, in one batch (A1). */
const MAX_RESOLVED_HOLDS = 100;
/** Flush intervals that sales and reservations may wait, because more frequent flushes would cost D1 more than the orders themselves. */
const LAZY_FLUSH_INTERVALS = 10;

/** How long a caller waits for D1 to have its change: less than a call of an object may take. */
const FLUSH_FIRST_MS = 2_000;

/** What an alarm run needs from outside the engine. */
interface AlarmContext extends Omit<FlushTarget, "productId"> {
  productId: string | undefined;
  resolveHolds: (holdIds: string[]) => Promise<HoldResolution[]>;
  cutOrders: (question: ShortageQuestion) => Promise<UnitCut[]>;
}

/** Runs the decisions of an object: each in one synchronous transaction, followed by the flush, alarm and queue work that it causes. */
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
    this.projector = new Projector(storage, config, () => this.stores.store.levels());
  }

  /** Restores the alarm time after the object was evicted. */
  load(): Promise<void> {
    return this.#scheduler.load(Date.now());
  }

  /** Reserves at once, or waits in the queue for units that may become free (O1). */
  reserve(request: ReserveRequest): ReserveAnswer | Promise<ReserveAnswer> {
    this.expireCarts();
    const answer = this.#tryReserve(request, !this.waitQueue.hasWaitersFor(request), false);
    return request.waitMs > 0 && isWorthWaiting(answer) ? this.waitQueue.enqueue(request) : answer;
  }

  /** Runs a decision after expired cart reservations were released. @returns its answer */
  decide<A>(decide: (nowMs: number) => Decision<A>): A {
    this.expireCarts();
    const { answer, changed } = this.#storage.transactionSync(() => decide(Date.now()));
    if (changed) this.#afterChange();
    // A cart reservation may last an hour, and the Worker that should write it to D1 may die.
    else if (this.projector.needsFlush) this.#scheduleLazily();
    this.#scheduleExpiry();
    return answer;
  }

  /** Applies a change, and flushes within one interval. @param decide returns whether it changed anything */
  apply(decide: (nowMs: number) => boolean): void {
    if (this.#transact(decide)) this.#afterChange();
  }

  /** Applies a sale (O2). Selling reserved units does not change what is available, so its flush may wait longer. */
  applySale(decide: (nowMs: number) => boolean): void {
    if (!this.#transact(decide)) return;
    this.#scheduleLazily();
    this.waitQueue.retryAll();
  }

  /**
   * Writes what changed to D1 before a caller is answered (F4), unless D1 has it. Where D1 does not take it in time, the answer goes
   * ahead, and the alarm, which the change has set, writes it.
   */
  async flushFirst(target: FlushTarget): Promise<void> {
    if (!this.projector.needsFlush) return;
    try {
      await withTimeout(FLUSH_FIRST_MS, "D1", this.projector.flushFirst(target));
    } catch (error) {
      console.error(JSON.stringify({ event: "flush_first_failed", product_id: target.productId, error: String(error) }));
    }
  }

  /** Releases expired cart reservations before anything else is decided; waiting requests get the units first (O7). */
  expireCarts(): void {
    // Most decisions find no expired row, and nothing can run between this check and the transaction.
    if (this.stores.store.expiredCartRows(Date.now()).length === 0) return;
    this.apply((nowMs) => expireCarts(this.stores, nowMs));
  }

  /** Flushes the product to D1 although no level changed. */
  requestFlush(): void {
    this.projector.requestFlush();
    this.#scheduler.ensureBy(Date.now() + this.#config.flushIntervalMs);
  }

  /** Extends a hold until its payment is due (O3). Lists show the units as reserved until then, so it flushes although no level changes. */
  keep(holdId: string, untilMs: number): void {
    if (!this.#transact((nowMs) => keepHold(this.stores.store, holdId, untilMs, nowMs))) return;
    this.projector.requestFlush();
    this.#scheduler.ensureBy(untilMs);
    this.#afterChange();
  }

  /**
   * Runs the object's only alarm: expires cart reservations, resolves overdue holds, flushes. It catches every error, because an alarm
   * that throws too often is not scheduled again.
   */
  async onAlarm(context: AlarmContext): Promise<void> {
    const { productId } = context;
    this.#scheduler.clear();
    try {
      this.#applyInAlarm((nowMs) => expireCarts(this.stores, nowMs));
      await this.#resolveOverdue(context);
      await settleShortages(this.stores, context.cutOrders, (decide) => this.#applyInAlarm(decide));
      if (productId !== undefined) await this.projector.flush({ ...context, productId });
      this.#scheduler.recordOutcome(true);
    } catch (error) {
      const failures = this.#scheduler.recordOutcome(false);
      console.error(JSON.stringify({ event: "alarm_failed", product_id: productId, failures, error: String(error) }));
    }
    this.#scheduler.reset(this.#nextAlarmMs());
  }

  /** @param mayHaveExpired whether cart reservations may have expired since they were last checked */
  #tryReserve(request: ReserveRequest, mayTake: boolean, mayHaveExpired: boolean): ReserveAnswer {
    const nowMs = Date.now();
    const answer = this.#storage.transactionSync(() => {
      if (mayHaveExpired) expireCarts(this.stores, nowMs);
      return reserveUnits(this.stores.store, request, mayTake, nowMs);
    });
    // While alarm runs fail, the next retry is already scheduled.
    if (answer.outcome === "reserved" && !this.#scheduler.isFailing) this.#scheduler.ensureBy(nowMs + TENTATIVE_MS);
    return answer;
  }

  /** Applies a change inside an alarm run, which flushes and schedules the next alarm itself. */
  #applyInAlarm(decide: (nowMs: number) => boolean): void {
    if (!this.#transact(decide)) return;
    this.projector.limitDelay(1);
    this.waitQueue.retryAll();
  }

  #transact(decide: (nowMs: number) => boolean): boolean {
    return this.#storage.transactionSync(() => decide(Date.now()));
  }

  /** Schedules a flush and retries waiting requests. */
  #afterChange(intervals = 1): void {
    this.#scheduleFlush(intervals);
    this.waitQueue.retryAll();
  }

  /** While D1 is unreachable the next retry is already scheduled, and no change brings it forward. */
  #scheduleFlush(intervals: number): void {
    this.projector.limitDelay(intervals);
    if (!this.#scheduler.isFailing) this.#scheduler.ensureBy(Date.now() + intervals * this.#config.flushIntervalMs);
  }

  /** After sales and carts (F3). */
  #scheduleLazily(): void {
    this.projector.limitDelay(LAZY_FLUSH_INTERVALS);
    if (!this.#scheduler.isFailing) this.#scheduler.ensureBy(this.projector.lazyFlushMs(Date.now(), LAZY_FLUSH_INTERVALS));
  }

  /** While D1 is unreachable, overdue holds wait for the retry that is already scheduled. */
  #scheduleExpiry(): void {
    if (this.#scheduler.isFailing) return;
    const expiryMs = this.stores.store.nextExpiryMs();
    if (expiryMs !== undefined) this.#scheduler.ensureBy(expiryMs);
  }

  async #resolveOverdue({ resolveHolds }: AlarmContext): Promise<void> {
    const overdue = this.stores.store.overdueHolds(Date.now(), MAX_RESOLVED_HOLDS);
    if (overdue.length === 0) return;
    const resolutions = await resolveHolds(overdue);
    if (resolutions.length < overdue.length) throw new Error("D1 did not resolve every overdue hold");
    this.#applyInAlarm((nowMs) =>
      applyResolutions(this.stores.store, resolutions, (holdId) => returnToCart(this.stores, holdId, nowMs), nowMs),
    );
  }

  #nextAlarmMs(): number | undefined {
    const { store } = this.stores;
    const dueMs = [store.nextExpiryMs(), this.projector.nextFlushMs(), nextQuestionMs(store, Date.now())];
    return this.#scheduler.retryAtMs(Date.now()) ?? earliest(dueMs);
  }
}

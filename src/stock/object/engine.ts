import type { Config } from "../../config.ts";
import type { Query } from "../../db/client.ts";
import { type CartShelf, type Decided, lapseCarts } from "./cart-holds.ts";
import { CartStore } from "./cart-store.ts";
import { giveBack } from "./checkout-holds.ts";
import { AlarmClock, earliest } from "./alarm-scheduler.ts";
import { applyFates, keepHold, reserveUnits, TENTATIVE_MS } from "./holds.ts";
import { Projector } from "./projector.ts";
import type { Lapsed } from "../rules/cart-messages.ts";
import type { Fate, ReserveAnswer, ReserveRequest } from "../rules/messages.ts";
import { isWorthWaiting } from "../rules/reserve.ts";
import { StockStore } from "./stock-store.ts";
import { WaitingLine } from "./wait-queue.ts";

/** PROTOCOL A1: holds asked about in one batch. */
const MAX_FATES = 100;

/** How many of its intervals a flush that only sales are owed may wait: D1 would spend more on the flushes than on the orders. */
const LAZY_INTERVALS = 10;

/** What an alarm asks the outside. */
interface Outside {
  productId: string | undefined;
  db: D1Database;
  fateOf: (holdIds: string[]) => Promise<Fate[]>;
  lapsed: (units: Lapsed[]) => Query<unknown>[];
}

/** Where an object decides: each decision is one synchronous transaction, and what follows of it is seen to. */
export class StockDesk {
  readonly shelf: CartShelf;
  readonly projector: Projector;
  readonly line = new WaitingLine((request, mayTake) => this.#attempt(request, mayTake, true));
  readonly #storage: DurableObjectStorage;
  readonly #config: Config;
  readonly #clock: AlarmClock;

  constructor(storage: DurableObjectStorage, config: Config) {
    this.#storage = storage;
    this.#config = config;
    this.shelf = { store: new StockStore(storage.sql), carts: new CartStore(storage.sql) };
    this.#clock = new AlarmClock(storage);
    this.projector = new Projector(storage, config);
  }

  /** Finds what an earlier life of the object left. */
  load(): Promise<void> {
    return this.#clock.load();
  }

  /** O1. Reserves at once, or waits for it. */
  reserve(request: ReserveRequest): ReserveAnswer | Promise<ReserveAnswer> {
    this.lapse();
    const answer = this.#attempt(request, !this.line.blocks(request), false);
    return request.waitMs > 0 && isWorthWaiting(answer) ? this.line.park(request) : answer;
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
    if (this.shelf.store.lapsedRows(Date.now()).length === 0) return;
    this.change((nowMs) => lapseCarts(this.shelf, nowMs));
  }

  /** Has D1 told of the product although no level changed. */
  tellSoon(): void {
    this.projector.ask();
    this.#clock.wakeAt(Date.now() + this.#config.flushIntervalMs);
  }

  /** O3. For as long as a hold is kept lists have to know of it, so it is flushed although no level changes. */
  keep(holdId: string, untilMs: number): void {
    if (!this.#decide((nowMs) => keepHold(this.shelf.store, holdId, untilMs, nowMs))) return;
    this.projector.ask();
    this.#clock.wakeAt(untilMs);
    this.#changed();
  }

  /** One alarm for three clocks: holds that ran out, the flush, and the next try. It catches everything, for an alarm that stops is never set again. */
  async ring(outside: Outside): Promise<void> {
    const { productId } = outside;
    this.#clock.rang();
    try {
      this.#settle((nowMs) => lapseCarts(this.shelf, nowMs));
      await this.#resolveOverdue(outside);
      if (productId !== undefined) await this.projector.flush(productId, outside.db, outside.lapsed);
      this.#clock.tried(true);
    } catch (error) {
      const failures = this.#clock.tried(false);
      console.error(JSON.stringify({ event: "alarm_failed", product_id: productId, failures, error: String(error) }));
    }
    this.#clock.set(this.#nextAlarmMs());
  }

  /** @param lapses whether carts may have run out since the last look */
  #attempt(request: ReserveRequest, mayTake: boolean, lapses: boolean): ReserveAnswer {
    const nowMs = Date.now();
    const answer = this.#storage.transactionSync(() => {
      if (lapses) lapseCarts(this.shelf, nowMs);
      return reserveUnits(this.shelf.store, request, mayTake, nowMs);
    });
    // Every other hold had the alarm set for it when it was made.
    if (answer.outcome === "reserved" && !this.#clock.isFailing) this.#clock.wakeAt(nowMs + TENTATIVE_MS);
    return answer;
  }

  /** Runs a decision of the alarm, which flushes and sets the next one itself. */
  #settle(decide: (nowMs: number) => boolean): void {
    if (!this.#decide(decide)) return;
    this.projector.hurry(1);
    this.line.wake();
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
    this.line.wake();
  }

  #flushWithin(intervals: number): void {
    this.projector.hurry(intervals);
    if (!this.#clock.isFailing) this.#clock.wakeAt(Date.now() + intervals * this.#config.flushIntervalMs);
  }

  /** While D1 is silent holds may be long overdue; the next try, which stands already, sees to them. */
  #wakeForExpiry(): void {
    if (this.#clock.isFailing) return;
    const expiryMs = this.shelf.store.nextExpiryMs();
    if (expiryMs !== undefined) this.#clock.wakeAt(expiryMs);
  }

  async #resolveOverdue({ fateOf }: Outside): Promise<void> {
    const overdue = this.shelf.store.overdueHolds(Date.now(), MAX_FATES);
    if (overdue.length === 0) return;
    const fates = await fateOf(overdue);
    if (fates.length < overdue.length) throw new Error("D1 did not say what became of every hold");
    this.#settle((nowMs) => applyFates(this.shelf.store, fates, (holdId) => giveBack(this.shelf, holdId, nowMs), nowMs));
  }

  #nextAlarmMs(): number | undefined {
    return this.#clock.retryAtMs(Date.now()) ?? earliest([this.shelf.store.nextExpiryMs(), this.projector.dueAtMs()]);
  }
}

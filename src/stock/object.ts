import { DurableObject } from "cloudflare:workers";
import { type Config, parseConfig } from "../config.ts";
import { AlarmClock, earliest } from "./clock.ts";
import { adjustUnits, applyFates, endHold, lapseCarts, reserveUnits, restockHold, TENTATIVE_MS } from "./ledger.ts";
import { migrate } from "./migrations.ts";
import { Projector } from "./projector.ts";
import { reportOn } from "./report.ts";
import type { Level } from "./rules/levels.ts";
import type * as messages from "./rules/messages.ts";
import { isWorthWaiting } from "./rules/reserve.ts";
import { bringIn, dispatchUnits, takeBack } from "./shipments.ts";
import { StockStore } from "./store.ts";
import { WaitingLine } from "./waiting.ts";

/** PROTOCOL A1: holds asked about in one batch. */
const MAX_FATES = 100;

/**
 * The stock of one product: every variant × warehouse level of it, the holds on them and the ledger of every change (DESIGN §6).
 * Each decision is one synchronous storage transaction. It knows nothing of orders: what became of one it asks through `fateOf`.
 */
export abstract class StockObject extends DurableObject<Env> implements messages.StockCalls {
  readonly #store: StockStore;
  readonly #config: Config;
  readonly #line = new WaitingLine((request, mayTake) => this.#attempt(request, mayTake));
  readonly #clock: AlarmClock;
  readonly #projector: Projector;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#config = parseConfig(env);
    this.#store = new StockStore(ctx.storage.sql);
    this.#clock = new AlarmClock(ctx.storage);
    this.#projector = new Projector(ctx.storage, this.#config);
    void ctx.blockConcurrencyWhile(async () => {
      migrate(ctx.storage);
      await this.#clock.load();
    });
  }

  /** D1's word on holds that ran out, bounded in time; what it says of them is true for ever after (PROTOCOL A1, A6). */
  abstract fateOf(holdIds: string[]): Promise<messages.Fate[]>;

  async reserve(request: messages.ReserveRequest): Promise<messages.ReserveAnswer> {
    this.#lapse();
    const answer = this.#attempt(request, !this.#line.blocks(request));
    return request.waitMs > 0 && isWorthWaiting(answer) ? this.#line.park(request) : answer;
  }

  async commit(holdId: string): Promise<void> {
    this.#change((nowMs) => endHold(this.#store, holdId, "sale", nowMs));
  }

  async release(holdId: string): Promise<void> {
    this.#line.dismiss(holdId);
    this.#change((nowMs) => endHold(this.#store, holdId, "release", nowMs));
  }

  async restock(holdId: string): Promise<void> {
    this.#line.dismiss(holdId);
    this.#change((nowMs) => restockHold(this.#store, holdId, nowMs));
  }

  /** O3. Keeps a hold until its payment window ends; for that long lists have to know of it, so it is flushed although no level changes. */
  async keep(holdId: string, untilMs: number): Promise<void> {
    if (this.#store.rowsOf(holdId).length === 0) return;
    this.#store.keepHold(holdId, untilMs);
    this.#projector.ask();
    this.#clock.wakeAt(untilMs);
    this.#changed();
  }

  async adjust(adjustment: messages.Adjustment): Promise<messages.AdjustAnswer> {
    this.#lapse();
    const answer = this.ctx.storage.transactionSync(() => adjustUnits(this.#store, adjustment, Date.now()));
    if (answer.outcome === "moved" && !answer.replayed) this.#changed();
    return answer;
  }

  async bringIn(arrival: messages.Arrival): Promise<void> {
    this.#change((nowMs) => bringIn(this.#store, arrival, nowMs));
  }

  async dispatch(dispatch: messages.Dispatch): Promise<messages.DispatchAnswer> {
    this.#lapse();
    const { moved, ...answer } = this.ctx.storage.transactionSync(() => dispatchUnits(this.#store, dispatch, Date.now()));
    if (moved) this.#changed();
    return answer;
  }

  async takeBack(transferId: string): Promise<void> {
    this.#change((nowMs) => takeBack(this.#store, transferId, nowMs));
  }

  /** Every level as it is now; carts whose time is over have given theirs back. */
  async levels(): Promise<Level[]> {
    this.#lapse();
    return this.#store.levels();
  }

  /** Proves the levels from the ledger and the holds. @returns every difference; none is the only good answer */
  async audit(): Promise<messages.Difference[]> {
    return this.#store.differences();
  }

  /** Proves the levels, and tells what D1 ought to have of them by now. */
  async report(): Promise<messages.StockReport> {
    return { ...reportOn(this.#store, this.ctx.storage.sql), owesFlush: this.#projector.isOwed };
  }

  /** Has what lists show of the product computed anew, although no level changed: something about the product itself did. */
  async refresh(): Promise<void> {
    this.#projector.ask();
    this.#clock.wakeAt(Date.now() + this.#config.flushIntervalMs);
  }

  /** Has the projection of the product written anew, level by level and movement by movement. */
  async resend(): Promise<void> {
    this.#projector.startOver();
    await this.refresh();
  }

  /** One alarm for three clocks: holds that ran out, the flush, and the next try. It catches everything, for an alarm that stops is never set again. */
  override async alarm(): Promise<void> {
    this.#clock.rang();
    try {
      this.#settle((nowMs) => lapseCarts(this.#store, nowMs));
      await this.#resolveOverdue();
      if (this.ctx.id.name !== undefined) await this.#projector.flush(this.ctx.id.name, this.env.DB);
      this.#clock.tried(true);
    } catch (error) {
      const failures = this.#clock.tried(false);
      console.error(JSON.stringify({ event: "alarm_failed", product_id: this.ctx.id.name, failures, error: String(error) }));
    }
    this.#clock.set(this.#nextAlarmMs());
  }

  #attempt(request: messages.ReserveRequest, mayTake: boolean): messages.ReserveAnswer {
    const nowMs = Date.now();
    const answer = this.ctx.storage.transactionSync(() => {
      lapseCarts(this.#store, nowMs);
      return reserveUnits(this.#store, request, mayTake, nowMs);
    });
    if (answer.outcome === "reserved") this.#clock.wakeAt(nowMs + TENTATIVE_MS);
    return answer;
  }

  /** O7. Carts whose time is over give theirs back before anything else is decided, to those who wait first. */
  #lapse(): void {
    this.#change((nowMs) => lapseCarts(this.#store, nowMs));
  }

  #change(decide: (nowMs: number) => boolean): void {
    if (this.#decide(decide)) this.#changed();
  }

  /** Runs a decision of the alarm, which flushes and sets the next one itself. */
  #settle(decide: (nowMs: number) => boolean): void {
    if (this.#decide(decide)) this.#line.wake();
  }

  #decide(decide: (nowMs: number) => boolean): boolean {
    return this.ctx.storage.transactionSync(() => decide(Date.now()));
  }

  /**
   * The projection is owed a flush, and those who wait may get theirs. While D1 is silent the next try stands already, and no
   * change brings it forward.
   */
  #changed(): void {
    if (!this.#clock.isFailing) this.#clock.wakeAt(Date.now() + this.#config.flushIntervalMs);
    this.#line.wake();
  }

  async #resolveOverdue(): Promise<void> {
    const overdue = this.#store.overdueHolds(Date.now(), MAX_FATES);
    if (overdue.length === 0) return;
    const fates = await this.fateOf(overdue);
    if (fates.length < overdue.length) throw new Error("D1 did not say what became of every hold");
    this.#settle((nowMs) => applyFates(this.#store, fates, nowMs));
  }

  #nextAlarmMs(): number | undefined {
    return this.#clock.retryAtMs(Date.now()) ?? earliest([this.#store.nextExpiryMs(), this.#projector.dueAtMs()]);
  }
}

import { DurableObject } from "cloudflare:workers";
import { configOf } from "../../config.ts";
import type { Query } from "../../db/client.ts";
import { extendCart, setCart } from "./cart-holds.ts";
import { convertCart, returnToCart } from "./checkout-holds.ts";
import { StockEngine } from "./engine.ts";
import { adjustUnits } from "./adjustments.ts";
import { endHold } from "./holds.ts";
import { migrate } from "./migrations.ts";
import { nameOrders } from "./refusals.ts";
import { openPlaces } from "./openings.ts";
import { findDifferences, reportOn } from "./self-check.ts";
import type { Allocation } from "../rules/allocate.ts";
import type * as cartMessages from "../rules/cart-messages.ts";
import type { Level, Place } from "../rules/levels.ts";
import type * as messages from "../rules/messages.ts";
import type * as opening from "../rules/opening-messages.ts";
import type * as shortage from "../rules/shortage-messages.ts";
import type { StockCalls } from "../rules/stock-calls.ts";
import { cancelHold, cancelUnits, fillUnits, shipUnits } from "./shipments.ts";
import { settleAtOnce } from "./shortages.ts";
import { receiveUnits, dispatchUnits, takeBackTransfer } from "./transfers.ts";

/**
 * The stock of one product: its level for every variant × warehouse, the holds on them and a ledger of every movement.
 * Each decision is one synchronous storage transaction. The object knows nothing of orders; it asks through `resolveHolds`.
 */
export abstract class StockObject extends DurableObject<Env> implements StockCalls {
  readonly #engine: StockEngine;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#engine = new StockEngine(ctx.storage, configOf(env));
    void ctx.blockConcurrencyWhile(async () => {
      migrate(ctx.storage);
      await this.#engine.load();
    });
  }

  /** Asks D1 what becomes of overdue holds, with a time limit. Each resolution is final (A1, A6). */
  abstract resolveHolds(holdIds: string[]): Promise<messages.HoldResolution[]>;

  /** The queries that remove cart lines whose reservations expired; they join the next flush (A6). */
  abstract expiredQueries(units: cartMessages.ExpiredUnits[]): Query<unknown>[];

  /** Asks D1 which orders lose units that are not there, with a time limit. Each question is decided once (O11, A6). */
  abstract cutOrders(question: shortage.ShortageQuestion): Promise<shortage.UnitCut[]>;

  /** The open orders that units of a place are promised to, oldest first (A6). */
  abstract promisedTo(place: Place): Promise<shortage.PromisedUnits>;

  /** What orders have lost by a change by hand (A6). */
  abstract cutBy(referenceId: string): Promise<shortage.OrderUnits[]>;

  async reserve(request: messages.ReserveRequest): Promise<messages.ReserveAnswer> {
    return this.#engine.reserve(request);
  }

  async commit(...holdIds: string[]): Promise<void> {
    this.#engine.applySale((nowMs) => holdIds.filter((holdId) => endHold(this.#store, holdId, "allocate", nowMs)).length > 0);
  }

  async release(holdId: string): Promise<void> {
    this.#engine.waitQueue.cancel(holdId);
    this.#engine.apply((nowMs) => endHold(this.#store, holdId, "release", nowMs));
  }

  async cancelHold(holdId: string): Promise<void> {
    this.#engine.waitQueue.cancel(holdId);
    this.#engine.apply((nowMs) => cancelHold(this.#store, holdId, nowMs));
  }

  async cancelUnits(cancellation: messages.Cancellation): Promise<void> {
    this.#engine.apply((nowMs) => cancelUnits(this.#store, cancellation, nowMs));
  }

  async allocate(fill: shortage.Fill): Promise<Allocation[]> {
    return this.#engine.decide((nowMs) => ({ answer: fillUnits(this.#store, fill, nowMs), changed: true }));
  }

  /** What Workers before 0.4.0 call to cancel a hold. */
  restock(holdId: string): Promise<void> {
    return this.cancelHold(holdId);
  }

  async ship(shipment: messages.Shipment): Promise<void> {
    this.#engine.apply((nowMs) => shipUnits(this.#store, shipment, nowMs));
  }

  async keep(holdId: string, untilMs: number): Promise<void> {
    this.#engine.keep(holdId, untilMs);
  }

  async adjust(adjustment: messages.Adjustment): Promise<messages.AdjustAnswer> {
    const decide = () =>
      this.#engine.decide((nowMs) => {
        const answer = adjustUnits(this.#engine.stores, adjustment, nowMs);
        return { answer, changed: answer.outcome === "short" || (answer.outcome === "moved" && !answer.replayed) };
      });
    const decided = decide();
    if (decided.outcome === "short") await settleAtOnce(this.#engine, (question) => this.cutOrders(question));
    const settled = decided.outcome === "short" ? decide() : decided;
    await this.#answerAfterFlush(adjustment);
    if (settled.outcome === "units_reserved") return nameOrders(this, settled, adjustment);
    if (settled.outcome !== "moved" || !adjustment.onShortage) return settled;
    const replayed = settled.replayed && decided.outcome !== "short";
    return { ...settled, replayed, cut: await this.cutBy(adjustment.referenceId) };
  }

  async openStock(request: opening.Opening): Promise<opening.OpenedLine[]> {
    const lines = this.#engine.decide((nowMs) => openPlaces(this.#store, request, nowMs));
    await this.#answerAfterFlush(request);
    return lines;
  }

  async bringIn(arrival: messages.Arrival): Promise<void> {
    this.#engine.apply((nowMs) => receiveUnits(this.#store, arrival, nowMs));
    await this.#answerAfterFlush(arrival);
  }

  async dispatch(dispatch: messages.Dispatch): Promise<messages.DispatchAnswer> {
    const decided = this.#engine.decide((nowMs) => {
      const { moved, ...answer } = dispatchUnits(this.#store, dispatch, nowMs);
      return { answer, changed: moved };
    });
    await this.#answerAfterFlush(dispatch);
    if (decided.outcome !== "units_reserved") return decided;
    const { warehouseId } = dispatch;
    const lines = decided.lines.map((line) => nameOrders(this, line, { ...line, warehouseId }));
    return { ...decided, lines: await Promise.all(lines) };
  }

  async takeBack(transferId: string): Promise<void> {
    this.#engine.apply((nowMs) => takeBackTransfer(this.#store, transferId, nowMs));
  }

  async setCart(edit: cartMessages.CartEdit): Promise<cartMessages.CartAnswer> {
    return this.#engine.decide((nowMs) => setCart(this.#engine.stores, edit, !this.#engine.waitQueue.hasWaitersFor(edit), nowMs));
  }

  async extendCart(cartId: string, untilMs: number): Promise<cartMessages.HeldUnits[]> {
    return this.#engine.decide(() => ({ answer: extendCart(this.#engine.stores, cartId, untilMs), changed: false }));
  }

  async convert(checkout: cartMessages.Checkout): Promise<cartMessages.ConvertAnswer> {
    return this.#engine.decide((nowMs) =>
      convertCart(this.#engine.stores, checkout, !this.#engine.waitQueue.hasWaitersFor(checkout), nowMs),
    );
  }

  async giveBack(holdId: string): Promise<void> {
    this.#engine.apply((nowMs) => returnToCart(this.#engine.stores, holdId, nowMs));
  }

  async levels(): Promise<Level[]> {
    this.#engine.expireCarts();
    return this.#store.levels();
  }

  /** Recomputes the levels from the ledger and the holds. @returns every difference; any is a bug */
  async audit(): Promise<messages.Difference[]> {
    return findDifferences(this.ctx.storage.sql);
  }

  /** Recomputes the levels, and reports what D1 should have by now. */
  async report(): Promise<messages.StockReport> {
    return { ...reportOn(this.ctx.storage.sql), owesFlush: this.#engine.projector.needsFlush };
  }

  /** Recomputes what lists show of the product, because the product itself changed and no level did. */
  async refresh(request: messages.FlushRequest = {}): Promise<void> {
    this.#engine.requestFlush();
    await this.#answerAfterFlush(request);
  }

  async resend(): Promise<void> {
    this.#engine.projector.resendAll();
    this.#engine.requestFlush();
  }

  override alarm(): Promise<void> {
    const productId = this.ctx.id.name;
    const resolveHolds = (holdIds: string[]) => this.resolveHolds(holdIds);
    return this.#engine.onAlarm({ ...this.#target, productId, resolveHolds, cutOrders: (question) => this.cutOrders(question) });
  }

  async #answerAfterFlush({ flushFirst = false }: messages.FlushRequest): Promise<void> {
    const productId = this.ctx.id.name;
    if (flushFirst && productId !== undefined) await this.#engine.flushFirst({ ...this.#target, productId });
  }

  get #target() {
    return { db: this.env.DB, expiredQueries: (units: cartMessages.ExpiredUnits[]) => this.expiredQueries(units) };
  }

  get #store() {
    return this.#engine.stores.store;
  }
}

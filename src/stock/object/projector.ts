import type { Config } from "../../config.ts";
import { D1_TIMEOUT_MS, prepare, type Query, withTimeout } from "../../db/client.ts";
import { hasUnflushed, markAllUnflushed, markFlushed, takeSnapshot } from "./flush.ts";
import { flushStatements } from "../projection/flush-statements.ts";
import { findLimits } from "../projection/limit-queries.ts";
import type { ExpiredUnits } from "../rules/cart-messages.ts";
import type { Level } from "../rules/levels.ts";
import { type Limits, reachedLimits } from "../rules/limits.ts";

/** What a flush needs from outside the projector. */
export interface FlushTarget {
  productId: string;
  db: D1Database;
  /** Removes cart lines whose reservations expired. */
  expiredQueries: (units: ExpiredUnits[]) => Query<unknown>[];
}

/** Writes one product's stock to D1 (F1 to F4). */
export class Projector {
  readonly #storage: DurableObjectStorage;
  readonly #config: Config;
  readonly #levels: () => Level[];
  #lastFlushMs = 0;
  #isRequested = false;
  /** The intervals after the last flush within which the next is due; `undefined` when nothing set a limit since. */
  #maxIntervals: number | undefined;
  /** Counts calls of resendAll: a flush that was running during one marks nothing as flushed, because D1 may have lost what it wrote. */
  #resends = 0;
  /** What the last flush told and learned: the limits, and which of them were reached; `undefined` before the first. */
  #told: { limits: Limits; reached: string } | undefined;
  /** The flush that is running, and the one that follows it at once; neither fails. */
  #running: Promise<unknown> = Promise.resolve();
  #following: Promise<void> | undefined;

  /** @param levels reads every level of the product */
  constructor(storage: DurableObjectStorage, config: Config, levels: () => Level[]) {
    this.#storage = storage;
    this.#config = config;
    this.#levels = levels;
  }

  /** Makes a flush due although no level changed. */
  requestFlush(): void {
    this.#isRequested = true;
    this.limitDelay(1);
  }

  /** Makes the next flush due within so many intervals of the last, or earlier if an earlier one was requested. */
  limitDelay(intervals: number): void {
    this.#maxIntervals = Math.min(this.#maxIntervals ?? intervals, intervals);
  }

  /** Makes the next flushes send every level and movement again. */
  resendAll(): void {
    this.#resends += 1;
    this.#storage.transactionSync(() => markAllUnflushed(this.#storage.sql));
    this.requestFlush();
  }

  get needsFlush(): boolean {
    return this.#isRequested || hasUnflushed(this.#storage.sql);
  }

  /** When the next flush is due; `undefined` if nothing has to be flushed. */
  nextFlushMs(): number | undefined {
    if (!this.needsFlush) return undefined;
    return this.#afterIntervals(this.#hasCrossed ? 1 : (this.#maxIntervals ?? 1));
  }

  /**
   * When to flush after a sale: as soon as allowed if lists or alerts say something that is no longer true, else in so many intervals
   * (F3). Before the first flush that is not known, so it is one interval.
   */
  lazyFlushMs(nowMs: number, intervals: number): number {
    if (this.#told && this.#hasCrossed) return Math.max(nowMs, this.#afterIntervals(1));
    return nowMs + (this.#told ? intervals : 1) * this.#config.flushIntervalMs;
  }

  get #hasCrossed(): boolean {
    return this.#told !== undefined && this.#reached(this.#told.limits) !== this.#told.reached;
  }

  /**
   * Flushes, unless the last flush was less than one interval ago.
   * @throws what D1 throws; TimeoutError. Then the next flush sends everything again
   */
  async flush(target: FlushTarget): Promise<void> {
    if (Date.now() >= this.#afterIntervals(1)) await this.#start(target);
  }

  /**
   * Flushes at once (F4). One flush runs at a time: callers that come while one runs, whose snapshot has not their change, share the next.
   * @throws as `flush`
   */
  flushFirst(target: FlushTarget): Promise<void> {
    this.#following ??= this.#running.then(() => {
      this.#following = undefined;
      return this.#start(target);
    });
    return this.#following;
  }

  #start(target: FlushTarget): Promise<void> {
    const running = this.#write(target);
    this.#running = running.catch(() => undefined);
    return running;
  }

  async #write({ productId, db, expiredQueries }: FlushTarget): Promise<void> {
    this.#isRequested = false;
    this.#maxIntervals = undefined;
    const resends = this.#resends;
    const [snapshot, levels] = [takeSnapshot(this.#storage.sql), this.#levels()];
    const statements = flushStatements(productId, snapshot, this.#config.allocationPolicy, Date.now());
    const expiries = snapshot.expired.length > 0 ? expiredQueries(snapshot.expired).map(({ statement }) => statement) : [];
    const limits = findLimits(productId);
    const all = [...statements, ...expiries, limits.statement].map((statement) => prepare(db, statement));
    const results = await withTimeout(D1_TIMEOUT_MS, "D1", db.batch<Record<string, unknown>>(all));
    this.#lastFlushMs = Date.now();
    const last = results.at(-1);
    if (last) this.#learn(limits.read(last), levels);
    if (resends === this.#resends) this.#storage.transactionSync(() => markFlushed(this.#storage.sql, snapshot));
  }

  #learn(limits: Limits, levels: readonly Level[]): void {
    this.#told = { limits, reached: this.#reached(limits, levels) };
  }

  #reached(limits: Limits, levels: readonly Level[] = this.#levels()): string {
    return reachedLimits(limits, levels, this.#config.allocationPolicy);
  }

  #afterIntervals(intervals: number): number {
    return this.#lastFlushMs + intervals * this.#config.flushIntervalMs;
  }
}

import type { Config } from "../../config.ts";
import { D1_TIMEOUT_MS, prepare, type Query, withTimeout } from "../../db/client.ts";
import { hasUnflushed, markAllUnflushed, markFlushed, takeSnapshot } from "./flush.ts";
import { flushStatements } from "../projection/flush-statements.ts";
import type { ExpiredUnits } from "../rules/cart-messages.ts";

/** Writes one product's stock to D1, at most once per flush interval (F1 to F3). */
export class Projector {
  readonly #storage: DurableObjectStorage;
  readonly #config: Config;
  #lastFlushMs = 0;
  #isRequested = false;
  /** The intervals after the last flush within which the next is due; `undefined` when nothing set a limit since. */
  #maxIntervals: number | undefined;
  /** Counts calls of resendAll: a flush that was running during one marks nothing as flushed, because D1 may have lost what it wrote. */
  #resends = 0;

  constructor(storage: DurableObjectStorage, config: Config) {
    this.#storage = storage;
    this.#config = config;
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
    return this.needsFlush ? this.#afterIntervals(this.#maxIntervals ?? 1) : undefined;
  }

  /**
   * Flushes, unless the last flush was less than one interval ago.
   * @param expiredQueries removes cart lines whose reservations expired
   * @throws what D1 throws; TimeoutError. Then the next flush sends everything again
   */
  async flush(productId: string, db: D1Database, expiredQueries: (units: ExpiredUnits[]) => Query<unknown>[]): Promise<void> {
    if (Date.now() < this.#afterIntervals(1)) return;
    this.#isRequested = false;
    this.#maxIntervals = undefined;
    const resends = this.#resends;
    const snapshot = takeSnapshot(this.#storage.sql);
    const statements = flushStatements(productId, snapshot, this.#config.allocationPolicy, Date.now());
    const expiries = snapshot.expired.length > 0 ? expiredQueries(snapshot.expired).map(({ statement }) => statement) : [];
    await withTimeout(D1_TIMEOUT_MS, "D1", db.batch([...statements, ...expiries].map((statement) => prepare(db, statement))));
    this.#lastFlushMs = Date.now();
    if (resends === this.#resends) this.#storage.transactionSync(() => markFlushed(this.#storage.sql, snapshot));
  }

  #afterIntervals(intervals: number): number {
    return this.#lastFlushMs + intervals * this.#config.flushIntervalMs;
  }
}

import type { Config } from "../../config.ts";
import { D1_TIMEOUT_MS, prepare, type Query, withTimeout } from "../../db/client.ts";
import { hasUnflushed, markAllUnflushed, markFlushed, takeSnapshot } from "./flush.ts";
import { flushStatements } from "../projection/flush-statements.ts";
import type { ExpiredUnits } from "../rules/cart-messages.ts";

/** Writes the projection of one product: at most one flush per interval, however much changes (PROTOCOL F1 to F3). */
export class Projector {
  readonly #storage: DurableObjectStorage;
  readonly #config: Config;
  #lastFlushMs = 0;
  #isRequested = false;
  /** In how many intervals D1 has to hear of what came since the last snapshot; `undefined` where an earlier life of the object knew. */
  #maxIntervals: number | undefined;
  /** How often it was told to start over: a flush that was under way then marks nothing, for D1 may have lost what it wrote. */
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

  /** What is owed is told within so many intervals, whatever else could wait longer. */
  limitDelay(intervals: number): void {
    this.#maxIntervals = Math.min(this.#maxIntervals ?? intervals, intervals);
  }

  /** Has every level and every movement sent again. */
  resendAll(): void {
    this.#resends += 1;
    this.#storage.transactionSync(() => markAllUnflushed(this.#storage.sql));
    this.requestFlush();
  }

  get needsFlush(): boolean {
    return this.#isRequested || hasUnflushed(this.#storage.sql);
  }

  /** When the next flush has to be, where one is owed. */
  nextFlushMs(): number | undefined {
    return this.needsFlush ? this.#afterIntervals(this.#maxIntervals ?? 1) : undefined;
  }

  /** Flushes, unless the last one was a moment ago. @param lapsed what D1 is told of units that carts lost  @throws what D1 throws; TimeoutError. Then all of it is owed still */
  async flush(productId: string, db: D1Database, lapsed: (units: ExpiredUnits[]) => Query<unknown>[]): Promise<void> {
    if (Date.now() < this.#afterIntervals(1)) return;
    this.#isRequested = false;
    this.#maxIntervals = undefined;
    const resends = this.#resends;
    const snapshot = takeSnapshot(this.#storage.sql);
    const statements = flushStatements(productId, snapshot, this.#config.allocationPolicy, Date.now());
    const lost = snapshot.expired.length > 0 ? lapsed(snapshot.expired).map(({ statement }) => statement) : [];
    await withTimeout(D1_TIMEOUT_MS, "D1", db.batch([...statements, ...lost].map((statement) => prepare(db, statement))));
    this.#lastFlushMs = Date.now();
    if (resends === this.#resends) this.#storage.transactionSync(() => markFlushed(this.#storage.sql, snapshot));
  }

  #afterIntervals(intervals: number): number {
    return this.#lastFlushMs + intervals * this.#config.flushIntervalMs;
  }
}

const RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;

/** Schedules the single alarm of an object: the earliest time that anything needs, or the next retry while D1 is unreachable. */
export class AlarmScheduler {
  readonly #storage: DurableObjectStorage;
  #atMs: number | undefined;
  #failures = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /**
   * Reads the alarm that was set before the object was last evicted. A past time counts as none: it is that of the alarm that wakes the object
   * now, or one whose run failed because the constructor threw, which the platform tries again later and later, or no more.
   */
  async load(nowMs: number): Promise<void> {
    const atMs = await this.#storage.getAlarm();
    this.#atMs = atMs !== null && atMs > nowMs ? atMs : undefined;
  }

  /** Makes sure that the alarm runs no later than a time. An earlier alarm stays as it is, because each call of setAlarm is a billed write. */
  ensureBy(atMs: number): void {
    if (this.#atMs !== undefined && this.#atMs <= atMs) return;
    this.#atMs = atMs;
    void this.#storage.setAlarm(atMs);
  }

  /** Replaces the alarm, at the end of an alarm run, when everything that needs one is known. */
  reset(atMs: number | undefined): void {
    this.#atMs = undefined;
    if (atMs !== undefined) this.ensureBy(atMs);
  }

  /** Records that the alarm is running; the platform has already deleted it. */
  clear(): void {
    this.#atMs = undefined;
  }

  /** @returns how many runs in a row have failed */
  recordOutcome(succeeded: boolean): number {
    this.#failures = succeeded ? 0 : this.#failures + 1;
    return this.#failures;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** When to retry, with exponential backoff; `undefined` unless the last run failed (A4). */
  retryAtMs(nowMs: number): number | undefined {
    return this.#failures === 0 ? undefined : nowMs + Math.min(RETRY_MS * 2 ** (this.#failures - 1), MAX_RETRY_MS);
  }
}

/** The earliest of the times that are defined. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const defined = times.filter((atMs) => atMs !== undefined);
  return defined.length > 0 ? Math.min(...defined) : undefined;
}

const RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;

/** The one alarm of an object: the earliest time that anything asks for, and the next try while D1 is silent. */
export class AlarmScheduler {
  readonly #storage: DurableObjectStorage;
  #atMs: number | undefined;
  #failures = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Finds the alarm that an earlier life of the object set. */
  async load(): Promise<void> {
    this.#atMs = (await this.#storage.getAlarm()) ?? undefined;
  }

  /** Sets the alarm unless an earlier one stands: each setting is a billed write. */
  ensureBy(atMs: number): void {
    if (this.#atMs !== undefined && this.#atMs <= atMs) return;
    this.#atMs = atMs;
    void this.#storage.setAlarm(atMs);
  }

  /** Sets the alarm anew, whatever stands: for the end of an alarm, which knows all that anything asks for. */
  reset(atMs: number | undefined): void {
    this.#atMs = undefined;
    if (atMs !== undefined) this.ensureBy(atMs);
  }

  /** The alarm rang; the platform has forgotten it. */
  clear(): void {
    this.#atMs = undefined;
  }

  /** @returns how many tries in a row have failed */
  recordOutcome(succeeded: boolean): number {
    this.#failures = succeeded ? 0 : this.#failures + 1;
    return this.#failures;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** When to try again, while tries fail (PROTOCOL A4). */
  retryAtMs(nowMs: number): number | undefined {
    return this.#failures === 0 ? undefined : nowMs + Math.min(RETRY_MS * 2 ** (this.#failures - 1), MAX_RETRY_MS);
  }
}

/** The earliest of some times, where there is one. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((atMs) => atMs !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

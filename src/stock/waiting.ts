import type { ReserveAnswer, ReserveRequest } from "./rules/messages.ts";
import { isWorthWaiting } from "./rules/reserve.ts";

interface Waiter {
  request: ReserveRequest;
  settle(answer: ReserveAnswer): void;
}

/**
 * Reservations that wait in the object for tentative units: first come, first served, per variant (PROTOCOL O1).
 * In memory alone: after an eviction the callers ask again with the same hold.
 */
export class WaitingLine {
  #waiters: Waiter[] = [];
  readonly #attempt: (request: ReserveRequest, mayTake: boolean) => ReserveAnswer;

  /** @param attempt decides a reservation as things are; it takes units only where `mayTake` says that nobody is ahead */
  constructor(attempt: (request: ReserveRequest, mayTake: boolean) => ReserveAnswer) {
    this.#attempt = attempt;
  }

  /** Whether somebody waits for one of these variants: then nobody overtakes. */
  blocks(request: ReserveRequest): boolean {
    return isBehind(request, this.#waiters);
  }

  /** Waits until the reservation is decided, but not longer than its own limit; then it is answered as things are. */
  park(request: ReserveRequest): Promise<ReserveAnswer> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        request,
        settle: (answer) => {
          clearTimeout(timer);
          this.#waiters = this.#waiters.filter((other) => other !== waiter);
          resolve(answer);
        },
      };
      const timer = setTimeout(() => {
        const ahead = this.#waiters.slice(0, this.#waiters.indexOf(waiter));
        waiter.settle(this.#attempt(request, !isBehind(request, ahead)));
        this.wake();
      }, request.waitMs);
      this.#waiters.push(waiter);
    });
  }

  /** Decides in order again after a level or a hold changed; who is behind somebody for the same variant keeps waiting. */
  wake(): void {
    const ahead: Waiter[] = [];
    for (const waiter of this.#waiters) {
      const answer = isBehind(waiter.request, ahead) ? undefined : this.#attempt(waiter.request, true);
      if (answer && !isWorthWaiting(answer)) waiter.settle(answer);
      else ahead.push(waiter);
    }
  }
}

function isBehind(request: ReserveRequest, ahead: readonly Waiter[]): boolean {
  return ahead.some((waiter) =>
    waiter.request.lines.some(({ variantId }) => request.lines.some((line) => line.variantId === variantId)),
  );
}

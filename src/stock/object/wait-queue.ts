import type { ReserveAnswer, ReserveRequest } from "../rules/messages.ts";
import { isWorthWaiting } from "../rules/reserve.ts";

interface Waiter {
  request: ReserveRequest;
  settle(answer: ReserveAnswer): void;
  fail(error: unknown): void;
}

/**
 * Reservations that wait in the object for tentative units: first come, first served, per variant (PROTOCOL O1).
 * In memory alone: after an eviction the callers ask again with the same hold.
 */
export class WaitQueue {
  #waiters: Waiter[] = [];
  readonly #attempt: (request: ReserveRequest, mayTake: boolean) => ReserveAnswer;

  /** @param attempt decides a reservation as things are; it takes units only where `mayTake` says that nobody is ahead */
  constructor(attempt: (request: ReserveRequest, mayTake: boolean) => ReserveAnswer) {
    this.#attempt = attempt;
  }

  /** Whether somebody waits for one of these variants: then nobody overtakes. */
  hasWaitersFor(request: Pick<ReserveRequest, "lines">): boolean {
    return isBehind(request, this.#waiters);
  }

  /** Waits until the reservation is decided, but not longer than its own limit; then it is answered as things are. */
  enqueue(request: ReserveRequest): Promise<ReserveAnswer> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      };
      const waiter: Waiter = {
        request,
        settle: (answer) => (leave(), resolve(answer)),
        fail: (error) => (leave(), reject(error)),
      };
      const timer = setTimeout(() => {
        const ahead = this.#waiters.slice(0, this.#waiters.indexOf(waiter));
        this.#decide(waiter, !isBehind(request, ahead), true);
        this.retryAll();
      }, request.waitMs);
      this.#waiters.push(waiter);
    });
  }

  /** Decides in order again after a level or a hold changed; who is behind somebody for the same variant keeps waiting. */
  retryAll(): void {
    const ahead: Waiter[] = [];
    for (const waiter of this.#waiters) {
      if (isBehind(waiter.request, ahead) || !this.#decide(waiter, true, false)) ahead.push(waiter);
    }
  }

  /** Ends the waiting of a hold that was given back: who gave up must not be served any more. */
  cancel(holdId: string): void {
    for (const waiter of this.#waiters) {
      if (waiter.request.holdId === holdId) waiter.settle({ outcome: "ended" });
    }
  }

  /** A decision that fails is its waiter's alone: the others are served, and what woke them is done. @returns whether it is over */
  #decide(waiter: Waiter, mayTake: boolean, isLast: boolean): boolean {
    try {
      const answer = this.#attempt(waiter.request, mayTake);
      if (!isLast && isWorthWaiting(answer)) return false;
      waiter.settle(answer);
    } catch (error) {
      waiter.fail(error);
    }
    return true;
  }
}

function isBehind(request: Pick<ReserveRequest, "lines">, ahead: readonly Waiter[]): boolean {
  return ahead.some((waiter) =>
    waiter.request.lines.some(({ variantId }) => request.lines.some((line) => line.variantId === variantId)),
  );
}

import type { ReserveAnswer, ReserveRequest } from "../rules/messages.ts";
import { isWorthWaiting } from "../rules/reserve.ts";

interface Waiter {
  request: ReserveRequest;
  settle(answer: ReserveAnswer): void;
  fail(error: unknown): void;
}

/**
 * Reservations that wait in the object for units of orders still being placed: first come, first served, per variant (O1).
 * The queue is in memory only: after an eviction the callers retry with the same hold.
 */
export class WaitQueue {
  #waiters: Waiter[] = [];
  readonly #attempt: (request: ReserveRequest, mayTake: boolean) => ReserveAnswer;

  /** @param attempt decides a reservation now; it takes units only if `mayTake`, when no earlier request waits for them */
  constructor(attempt: (request: ReserveRequest, mayTake: boolean) => ReserveAnswer) {
    this.#attempt = attempt;
  }

  /** Whether a request waits for one of these variants; then later requests must not overtake it. */
  hasWaitersFor(request: Pick<ReserveRequest, "lines">): boolean {
    return isBehind(request, this.#waiters);
  }

  /** Waits until the reservation is decided, at most `waitMs`; then it returns the answer of that moment. */
  enqueue(request: ReserveRequest): Promise<ReserveAnswer> {
    return new Promise((resolve, reject) => {
      const remove = () => {
        clearTimeout(timer);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      };
      const waiter: Waiter = {
        request,
        settle: (answer) => (remove(), resolve(answer)),
        fail: (error) => (remove(), reject(error)),
      };
      const timer = setTimeout(() => {
        const ahead = this.#waiters.slice(0, this.#waiters.indexOf(waiter));
        this.#decide(waiter, !isBehind(request, ahead), true);
        this.retryAll();
      }, request.waitMs);
      this.#waiters.push(waiter);
    });
  }

  /** Retries all in order after a level or a hold changed; a request behind another for the same variant keeps waiting. */
  retryAll(): void {
    const ahead: Waiter[] = [];
    for (const waiter of this.#waiters) {
      if (isBehind(waiter.request, ahead) || !this.#decide(waiter, true, false)) ahead.push(waiter);
    }
  }

  /** Ends the wait of a hold that was released, because its caller has given up and must not get units. */
  cancel(holdId: string): void {
    for (const waiter of this.#waiters) {
      if (waiter.request.holdId === holdId) waiter.settle({ outcome: "ended" });
    }
  }

  /** An error fails only this waiter, not the others and not the change that caused the retry. @returns whether it was answered */
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

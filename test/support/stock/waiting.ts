import type { ReserveAnswer, ReserveRequest } from "../../../src/stock/rules/messages.ts";
import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";

/** A wait longer than any test. */
export const LONG_MS = 60_000;
/** A wait that ends within the test. */
export const SHORT_MS = 40;

/** Makes a reservation wait in the object. @returns once it waits, with its pending answer and the hold */
export async function enqueued(
  stock: StockCalls,
  request: ReserveRequest,
): Promise<{ answer: Promise<ReserveAnswer>; holdId: string }> {
  const answer = stock.reserve({ ...request, waitMs: request.waitMs || LONG_MS });
  await stock.audit(); // calls arrive in order, so this answer proves that the one before has arrived
  return { answer, holdId: request.holdId };
}

/** The outcomes of the answers that have arrived. */
export async function answered(stock: StockCalls, answers: readonly Promise<ReserveAnswer>[]): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = answers.map(() => undefined);
  answers.forEach((answer, index) => void answer.then(({ outcome }) => (seen[index] = outcome)));
  await stock.audit(); // every answer that the object gave before has arrived by then
  return [...seen];
}

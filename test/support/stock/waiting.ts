import type { ReserveAnswer, ReserveRequest } from "../../../src/stock/rules/messages.ts";
import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";

/** Longer than any test: who waits so long is woken, or its test fails. */
export const LONG_MS = 60_000;
/** For those whose time is to be over. */
export const SHORT_MS = 40;

/** Has a reservation wait in the object. @returns when it waits, with the answer to come and the hold */
export async function parked(
  stock: StockCalls,
  request: ReserveRequest,
): Promise<{ answer: Promise<ReserveAnswer>; holdId: string }> {
  const answer = stock.reserve({ ...request, waitMs: request.waitMs || LONG_MS });
  await stock.audit(); // calls arrive in order, so this answer says that the one before has arrived
  return { answer, holdId: request.holdId };
}

/** Which of the answers are there by now. */
export async function answered(stock: StockCalls, answers: readonly Promise<ReserveAnswer>[]): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = answers.map(() => undefined);
  answers.forEach((answer, index) => void answer.then(({ outcome }) => (seen[index] = outcome)));
  await stock.audit(); // what the object answered before, it has told by then
  return [...seen];
}

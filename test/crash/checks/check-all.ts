import { checkAnswers } from "./answers.ts";
import { checkHolds } from "./holds.ts";
import { checkMoney } from "./money.ts";
import { checkMoves } from "./movements.ts";
import { checkOrders } from "./orders.ts";
import { checkPages } from "./pages.ts";
import { checkStock } from "./stock.ts";
import type { Pages } from "./read-pages.ts";
import { withState } from "./read-state.ts";
import type { Workload } from "../clients/workload.ts";

/** When the check runs. */
export interface Moment {
  nowMs: number;
  /** An hour has passed since quiescence. */
  isLate: boolean;
}

/** Compares the acknowledged writes with the pages of the API and the files of the state, at quiescence. @returns all findings */
export function check({ log }: Workload, state: string, pages: Pages, { nowMs, isLate }: Moment): string[] {
  return withState(state, (files) => [
    ...checkAnswers(log),
    ...checkOrders(log, files, isLate),
    ...checkMoves(log, files),
    ...checkStock(log, files, nowMs),
    ...checkHolds(log, files, nowMs, isLate),
    ...checkMoney(log, files, pages.orders),
    ...checkPages(pages, files),
  ]);
}

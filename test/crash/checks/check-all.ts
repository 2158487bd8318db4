import { checkAnswers } from "./answers.ts";
import { checkHolds } from "./holds.ts";
import { checkMoney } from "./money.ts";
import { checkMoves } from "./movements.ts";
import { checkOrders } from "./orders.ts";
import { checkPages } from "./pages.ts";
import { checkStock } from "./stock.ts";
import type { Pages } from "./read-pages.ts";
import { withState } from "./read-state.ts";
import type { World } from "../clients/workload.ts";

/** When it is looked at. */
export interface Moment {
  nowMs: number;
  /** An hour has passed since all was quiet. */
  isLate: boolean;
}

/** Compares what clients were told with what the API showed and what the files have. @returns every finding; call it when all is quiet */
export function check({ log }: World, state: string, pages: Pages, { nowMs, isLate }: Moment): string[] {
  return withState(state, (found) => [
    ...checkAnswers(log),
    ...checkOrders(log, found, isLate),
    ...checkMoves(log, found),
    ...checkStock(log, found, nowMs),
    ...checkHolds(log, found, nowMs, isLate),
    ...checkMoney(log, found, pages.orders),
    ...checkPages(pages, found),
  ]);
}

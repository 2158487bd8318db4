import { checkAnswers } from "./check-answers.ts";
import { checkHolds } from "./check-holds.ts";
import { checkMoney } from "./check-money.ts";
import { checkMoves } from "./check-moves.ts";
import { checkOrders } from "./check-orders.ts";
import { checkPages } from "./check-pages.ts";
import { checkStock } from "./check-stock.ts";
import type { Pages } from "./pages.ts";
import { withState } from "./state.ts";
import type { World } from "./world.ts";

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

import { checkAnswers } from "./check-answers.ts";
import { checkHolds } from "./check-holds.ts";
import { checkMoney } from "./check-money.ts";
import { checkMoves } from "./check-moves.ts";
import { checkOrders } from "./check-orders.ts";
import { checkPages } from "./check-pages.ts";
import { checkStock } from "./check-stock.ts";
import { readPages } from "./pages.ts";
import { withState } from "./state.ts";
import type { World } from "./world.ts";

/** When it is looked at. */
export interface Moment {
  nowMs: number;
  /** An hour has passed since all was quiet. */
  isLate: boolean;
}

/** Compares what clients were told with what the API shows and what the files have. Call it when all is quiet. @returns every finding */
export async function check(world: World, state: string, { nowMs, isLate }: Moment): Promise<string[]> {
  const pages = await readPages(world);
  const { log } = world;
  return withState(state, (found) => [
    ...checkAnswers(log),
    ...checkOrders(log, found, isLate),
    ...checkMoves(log, found),
    ...checkStock(log, found),
    ...checkHolds(log, found, nowMs, isLate),
    ...checkMoney(log, found, pages.orders),
    ...checkPages(pages, found, isLate),
  ]);
}

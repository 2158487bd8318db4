import type { Deps } from "../../deps.ts";
import { countSales } from "./sales-queries.ts";

/** The most orders that one run of the cron counts; the rest waits a minute for the next. */
const MAX_COUNTED = 500;

/** Counts what was sold, for the lists of best-selling products. A step of the cron, so that no order waits for it. */
export async function countRecentSales(deps: Deps): Promise<void> {
  await deps.db.batch("count sales", { counted: countSales(MAX_COUNTED) });
}

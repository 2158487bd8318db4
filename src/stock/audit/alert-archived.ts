import type { Deps } from "../../deps.ts";
import { alertArchived } from "./archived-queries.ts";

/**
 * The sweep's step: alerts about units in archived warehouses. A warehouse is archived when D1 knows of no units there; a change of stock
 * that had begun before can still bring some.
 */
export async function alertAboutArchived(deps: Deps): Promise<void> {
  await deps.db.batch("alert archived", { alerts: alertArchived(deps.nowMs()) });
}

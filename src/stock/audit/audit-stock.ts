import type { Deps } from "../../deps.ts";
import { auditOf } from "../../writes/write-once.ts";
import { deleteLevels, deleteMovements, findLastRow, findNextProducts, findProjected } from "./queries.ts";
import { withAllocated } from "../rules/levels.ts";
import { ledgerDifferences, type ProjectedStock, projectionDifferences, type StockDifference } from "../rules/audit.ts";
import type { StockReport } from "../rules/messages.ts";

/** Objects called at a time: a Worker has few connections, and an audit is not urgent. */
const AT_ONCE = 10;

/** The result of auditing some products. */
export interface AuditedPage {
  checked: number;
  differences: StockDifference[];
  /** Products whose projection is being rewritten. */
  repaired: string[];
  /** Products whose object did not answer; their stock was not checked. */
  unanswered: string[];
  /** The last row of the catalogue that was read, and whether it is the last of all. */
  lastRow: number;
  isLast: boolean;
  /** Rows of the catalogue. */
  total: number;
}

/**
 * Has the objects of the next products recompute their levels from their ledgers, and compares the projection in D1 with them. A wrong
 * projection is deleted and sent again; a wrong ledger is a bug, which is logged and never repaired.
 * @param options `afterRow` is the last row of the page before
 */
export async function auditStock(
  deps: Deps,
  { afterRow, limit, repair }: { afterRow: number; limit: number; repair: boolean },
): Promise<AuditedPage> {
  const { window, last } = await deps.db.batch("next products", {
    window: findNextProducts(afterRow, limit),
    last: findLastRow(),
  });
  const productIds = window.filter(({ isBundle }) => isBundle === 0).map(({ productId }) => productId);
  const { differences, unanswered } = await compare(deps, productIds);
  logEach(deps, differences);
  const wrong = differences.filter(({ where }) => where === "projection");
  const repaired = repair && wrong.length > 0 ? await rewriteProjection(deps, wrong) : [];
  // List figures also depend on the catalogue and the warehouses: they are recomputed, and written only where they differ.
  if (repair) await refreshAll(deps, productIds);
  const total = last?.rowNo ?? 0;
  const lastRow = window.at(-1)?.rowNo ?? total;
  return {
    checked: productIds.length - unanswered.length,
    differences,
    repaired,
    unanswered,
    lastRow,
    isLast: lastRow >= total,
    total,
  };
}

/** Reads the objects, then D1, then again the objects that seem to differ: their stock may have moved in between. */
async function compare(deps: Deps, productIds: readonly string[]): Promise<Pick<AuditedPage, "differences" | "unanswered">> {
  const before = await reportsOf(deps, productIds);
  const products = [...before].map(([productId, { told }]) => ({ productId, upToSeq: told.upToSeq }));
  const { projected } = await deps.db.batch("read projection", { projected: findProjected(products) });
  const differing = (reports: ReadonlyMap<string, StockReport>) => (d1: ProjectedStock) => {
    const [then, now] = [before.get(d1.productId), reports.get(d1.productId)];
    return then && now ? projectionDifferences(then, d1, now) : [];
  };
  const suspected = projected.filter((d1) => differing(before)(d1).length > 0);
  const again = suspected.map(({ productId }) => productId);
  const after = await reportsOf(deps, again);
  const unanswered = [
    ...productIds.filter((productId) => !before.has(productId)),
    ...again.filter((productId) => !after.has(productId)),
  ];
  const ledgers = [...before].flatMap(([productId, report]) => ledgerDifferences(productId, report));
  return { differences: [...ledgers, ...suspected.flatMap(differing(after))], unanswered };
}

/** The reports of those objects that answer. */
async function reportsOf(deps: Deps, productIds: readonly string[]): Promise<Map<string, StockReport>> {
  const reports = new Map<string, StockReport>();
  for (let first = 0; first < productIds.length; first += AT_ONCE) {
    const group = productIds.slice(first, first + AT_ONCE);
    const answers = await Promise.allSettled(group.map((productId) => deps.stockOf(productId).report()));
    for (const [index, answer] of answers.entries()) {
      const productId = group[index];
      if (productId === undefined || answer.status === "rejected") continue;
      reports.set(productId, { ...answer.value, levels: withAllocated(answer.value.levels) });
    }
  }
  return reports;
}

/** D1 would not overwrite a level of a newer version, so wrong levels are deleted first. @returns the products that send again */
async function rewriteProjection(deps: Deps, wrong: readonly StockDifference[]): Promise<string[]> {
  const productIds = [...new Set(wrong.map(({ productId }) => productId))];
  const places = wrong.flatMap(({ productId, variantId, warehouseId }) =>
    variantId === null || warehouseId === null ? [] : [{ productId, variantId, warehouseId }],
  );
  // Missing movements are only added; where D1 has movements that are not in the ledger, all of the product are deleted.
  const isOther = ({ what, expected, found }: StockDifference) =>
    what === "newest_movement" || (what === "movements" && (found ?? 0) > expected);
  const isAltered = ({ what, productId }: StockDifference) =>
    what === "moved_units" && !wrong.some((each) => each.productId === productId && each.what === "movements");
  const deviating = new Set(wrong.filter((each) => isOther(each) || isAltered(each)).map(({ productId }) => productId));
  const changes = productIds.map((recordId) => {
    const found = wrong.filter(({ productId }) => productId === recordId).map(({ productId: _, ...difference }) => difference);
    return { action: "stock.repair", recordType: "product", recordId, after: { differences: found } };
  });
  await deps.db.batch("delete projection", {
    deleteLevels: deleteLevels(places),
    deleteMovements: deleteMovements([...deviating]),
    audit: auditOf(deps, changes),
  });
  const answers = await Promise.allSettled(productIds.map((productId) => deps.stockOf(productId).resend()));
  return productIds.filter((_, index) => answers[index]?.status === "fulfilled");
}

async function refreshAll(deps: Deps, productIds: readonly string[]): Promise<void> {
  for (let first = 0; first < productIds.length; first += AT_ONCE) {
    await Promise.allSettled(productIds.slice(first, first + AT_ONCE).map((productId) => deps.stockOf(productId).refresh()));
  }
}

/** Logs one line for each difference; one in a ledger is a bug of Holdfast. */
function logEach(deps: Deps, differences: readonly StockDifference[]): void {
  for (const { productId, where, ...difference } of differences) {
    deps.log(where === "ledger" ? "ledger_differs" : "projection_differs", { product_id: productId, ...difference });
  }
}

import type { Deps } from "../../deps.ts";
import { auditOf } from "../../writes/write-once.ts";
import { deleteLevels, deleteMovements, findLastRow, findNextProducts, findProjected } from "./queries.ts";
import { ledgerDifferences, type ProjectedStock, projectionDifferences, type StockDifference } from "../rules/audit.ts";
import type { StockReport } from "../rules/messages.ts";

/** Objects asked at a time: Cloudflare opens few connections at once, and an audit is in no hurry. */
const AT_ONCE = 10;

/** What an audit found of some products. */
export interface AuditedPage {
  checked: number;
  differences: StockDifference[];
  /** Products whose projection is being written anew. */
  repaired: string[];
  /** Products whose object did not answer; nothing is known of them. */
  unanswered: string[];
  /** The last row looked at, and whether it was the last of all. */
  lastRow: number;
  isLast: boolean;
  /** Rows of the catalogue. */
  total: number;
}

/**
 * Has the objects of the next products prove their levels from their ledgers, and compares D1's copy with them. A wrong copy is
 * taken out of D1 and sent again; a wrong ledger is a bug that is told and never touched.
 * @param options `afterRow` is the last row of the page before
 */
export async function auditStock(
  deps: Deps,
  { afterRow, limit, repair }: { afterRow: number; limit: number; repair: boolean },
): Promise<AuditedPage> {
  const { window, last } = await deps.db.batch("audit stock", { window: findNextProducts(afterRow, limit), last: findLastRow() });
  const productIds = window.filter(({ isBundle }) => isBundle === 0).map(({ productId }) => productId);
  const { differences, unanswered } = await compare(deps, productIds);
  tell(deps, differences);
  const wrong = differences.filter(({ where }) => where === "projection");
  const repaired = repair && wrong.length > 0 ? await writeAnew(deps, wrong) : [];
  // What lists show also depends on the catalogue and the warehouses: it is computed anew, and written only where it differs.
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

/** Objects first, then D1; and where the two seem to differ, the objects again: they may have moved on in between. */
async function compare(deps: Deps, productIds: readonly string[]): Promise<Pick<AuditedPage, "differences" | "unanswered">> {
  const before = await reportsOf(deps, productIds);
  const asked = [...before].map(([productId, { told }]) => ({ productId, upToSeq: told.upToSeq }));
  const { projected } = await deps.db.batch("compare", { projected: findProjected(asked) });
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

/** Those that do not answer are missing. */
async function reportsOf(deps: Deps, productIds: readonly string[]): Promise<Map<string, StockReport>> {
  const found = new Map<string, StockReport>();
  for (let first = 0; first < productIds.length; first += AT_ONCE) {
    const group = productIds.slice(first, first + AT_ONCE);
    const answers = await Promise.allSettled(group.map((productId) => deps.stockOf(productId).report()));
    for (const [index, answer] of answers.entries()) {
      const productId = group[index];
      if (productId !== undefined && answer.status === "fulfilled") found.set(productId, answer.value);
    }
  }
  return found;
}

/** A level that D1 has too new would never be overwritten, so what is wrong goes first. @returns the products that send again */
async function writeAnew(deps: Deps, wrong: readonly StockDifference[]): Promise<string[]> {
  const productIds = [...new Set(wrong.map(({ productId }) => productId))];
  const places = wrong.flatMap(({ productId, variantId, warehouseId }) =>
    variantId === null || warehouseId === null ? [] : [{ productId, variantId, warehouseId }],
  );
  // Movements that D1 lacks are added; only where it has others than the ledger does all of them go.
  const isOther = ({ what, expected, found }: StockDifference) =>
    what === "newest_movement" || (what === "movements" && (found ?? 0) > expected);
  const isAltered = ({ what, productId }: StockDifference) =>
    what === "moved_units" && !wrong.some((each) => each.productId === productId && each.what === "movements");
  const strange = new Set(wrong.filter((each) => isOther(each) || isAltered(each)).map(({ productId }) => productId));
  const changes = productIds.map((recordId) => {
    const found = wrong.filter(({ productId }) => productId === recordId).map(({ productId: _, ...difference }) => difference);
    return { action: "stock.repair", recordType: "product", recordId, after: { differences: found } };
  });
  await deps.db.batch("write anew", {
    deleteLevels: deleteLevels(places),
    deleteMovements: deleteMovements([...strange]),
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

/** A ledger that does not add up is a bug of Holdfast's: each one is a line of its own for the operator. */
function tell(deps: Deps, differences: readonly StockDifference[]): void {
  for (const { productId, where, ...difference } of differences) {
    deps.log(where === "ledger" ? "ledger_differs" : "projection_differs", { product_id: productId, ...difference });
  }
}

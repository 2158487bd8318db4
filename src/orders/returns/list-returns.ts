import type { Deps } from "../../deps.ts";
import { findReturns, type ListedReturn, type ReturnFilter } from "./queries.ts";

/** Lists returns with their orders. `next`: the key of the page after; `undefined` on the last. */
export async function listReturns(
  deps: Deps,
  filter: ReturnFilter,
  limit: number,
): Promise<{ returns: ListedReturn[]; next: [number, string] | undefined }> {
  const { read } = await deps.db.batch("list returns", { read: findReturns(filter, limit + 1) });
  const returns = read.slice(0, limit);
  const last = read.length > limit ? returns.at(-1)?.head : undefined;
  return { returns, next: last && [last.atMs, last.returnId] };
}

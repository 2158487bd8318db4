import type { Deps } from "../../deps.ts";
import type { TransferHead, TransferStatus } from "../rules/transfer.ts";
import { findTransferWindow } from "./queries.ts";

/** Where a page of transfers begins: after the one that was made then, with that id. */
export type TransferKey = readonly [createdAtMs: number, transferId: string];

export interface TransferFilter {
  status?: TransferStatus | undefined;
  /** Where it comes from or goes to. */
  warehouseId?: string | undefined;
}

export interface TransferPage {
  transfers: TransferHead[];
  next: TransferKey | undefined;
}

/** Lists transfers, newest first. A page looks through `limit` of them, and shows those that fit the filter. */
export async function listTransfers(
  deps: Deps,
  filter: TransferFilter,
  page: { before: TransferKey | undefined; limit: number },
): Promise<TransferPage> {
  const { found } = await deps.db.batch("list transfers", { found: findTransferWindow(page.before, page.limit + 1) });
  const window = found.slice(0, page.limit);
  const last = found.length > page.limit ? window.at(-1) : undefined;
  return { transfers: window.filter((transfer) => fits(transfer, filter)), next: last && [last.createdAtMs, last.transferId] };
}

function fits({ status, fromWarehouseId, toWarehouseId }: TransferHead, filter: TransferFilter): boolean {
  const { warehouseId } = filter;
  if (filter.status !== undefined && filter.status !== status) return false;
  return warehouseId === undefined || warehouseId === fromWarehouseId || warehouseId === toWarehouseId;
}

import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import type { Transfer, TransferHead, TransferStatus } from "../rules/transfer.ts";
import { findTransfer, findTransferWindow } from "./queries.ts";

/** Where a page of transfers begins: after the transfer with this time and id. */
export type TransferKey = readonly [createdAtMs: number, transferId: string];

export interface TransferFilter {
  status?: TransferStatus | undefined;
  /** The sending or the receiving warehouse. */
  warehouseId?: string | undefined;
}

export interface TransferPage {
  transfers: TransferHead[];
  next: TransferKey | undefined;
}

/** Lists transfers, newest first. A page reads `limit` of them and returns those that match the filter. */
export async function listTransfers(
  deps: Deps,
  filter: TransferFilter,
  page: { before: TransferKey | undefined; limit: number },
): Promise<TransferPage> {
  const { window } = await deps.db.batch("list transfers", { window: findTransferWindow(page.before, page.limit + 1) });
  const read = window.slice(0, page.limit);
  const last = window.length > page.limit ? read.at(-1) : undefined;
  return { transfers: read.filter((transfer) => matches(transfer, filter)), next: last && [last.createdAtMs, last.transferId] };
}

function matches({ status, fromWarehouseId, toWarehouseId }: TransferHead, filter: TransferFilter): boolean {
  const { warehouseId } = filter;
  if (filter.status !== undefined && filter.status !== status) return false;
  return warehouseId === undefined || warehouseId === fromWarehouseId || warehouseId === toWarehouseId;
}

/** Shows a transfer with its lines. @throws Refusal `not_found` */
export async function showTransfer(deps: Deps, transferId: string): Promise<Transfer> {
  const { transfer } = await deps.db.batch("show transfer", { transfer: findTransfer(transferId) });
  if (!transfer) throw new Refusal("not_found", "There is no such transfer.");
  return transfer;
}

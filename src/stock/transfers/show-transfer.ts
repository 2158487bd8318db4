import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import type { Transfer } from "../rules/transfer.ts";
import { findTransfer } from "./queries.ts";

/** Shows a transfer with its lines. @throws Refusal `not_found` */
export async function showTransfer(deps: Deps, transferId: string): Promise<Transfer> {
  const { transfer } = await deps.db.batch("show transfer", { transfer: findTransfer(transferId) });
  if (!transfer) throw new Refusal("not_found", "There is no such transfer.");
  return transfer;
}

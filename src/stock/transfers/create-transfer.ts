import { findSellables } from "../../catalog/queries.ts";
import { type Sellable, stockedVariant } from "../../catalog/rules/sellable.ts";
import type { Deps } from "../../deps.ts";
import { type FieldError, invalidField, Refusal } from "../../errors.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import type { Plan } from "../../writes/write-once.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { findWarehouse } from "../../warehouses/queries.ts";
import { shelfMembers } from "../rules/shortage.ts";
import type { Transfer, TransferItem } from "../rules/transfer.ts";
import { settleTransfer } from "./settle-transfer.ts";
import { findTransfer, insertTransfer } from "./queries.ts";

/** How long the objects may take to dispatch a transfer; after that the sweep settles it. */
const DISPATCH_MS = 10_000;

/** The columns that `insertTransfer` sets to NULL where a warehouse was archived meanwhile. */
const GUARDS = ["transfers.from_warehouse_id", "transfers.to_warehouse_id"] as const;

/** A requested line; the variant may be absent if the product has only one. */
export interface WantedItem {
  productId: string;
  variantId?: string | undefined;
  quantity: number;
}

/** A requested transfer. */
export interface TransferRequest extends Pick<Transfer, "fromWarehouseId" | "toWarehouseId" | "reason" | "reference"> {
  items: WantedItem[];
}

/**
 * Sends units from one warehouse to another. D1 records the transfer first, then each product's object dispatches its units, then D1
 * records that all of them are in transit, or none. After a crash, a retry with the key continues, or the sweep.
 * @throws Refusal `validation_failed` naming every bad line, `bundle_has_no_stock`; `units_reserved` naming every short line;
 *   `transfer_not_dispatched` when the deadline passed first; `idempotency_key_reused`; `unresolved`
 */
export async function createTransfer(
  deps: Deps,
  keyed: Keyed | undefined,
  request: TransferRequest,
): Promise<{ transfer: Transfer; replayed: boolean }> {
  const { answer, replayed } = await writeGuarded(deps, keyed, GUARDS, () => plan(deps, request));
  const current = replayed ? await readAgain(deps, answer) : answer;
  const isOpen = current.status === "dispatching";
  const transfer = isOpen ? await settleTransfer(deps, current, keyed ? "same_key" : "look_first") : current;
  if (transfer.refusal) throw refused(transfer, replayed);
  return { transfer, replayed };
}

async function readAgain(deps: Deps, kept: Transfer): Promise<Transfer> {
  const { transfer = kept } = await deps.db.batch("read transfer", { transfer: findTransfer(kept.transferId) });
  return transfer;
}

async function plan(deps: Deps, { items, ...request }: TransferRequest): Promise<Plan<Transfer>> {
  const { fromWarehouseId, toWarehouseId } = request;
  const wanted = items.map(({ productId, variantId }) => ({ productId, variantId }));
  const { sellables, from, to } = await deps.db.batch("resolve items", {
    sellables: findSellables(wanted),
    from: findWarehouse(fromWarehouseId),
    to: findWarehouse(toWarehouseId),
  });
  if (from?.status !== "active") throw invalidField("from_warehouse_id", `there is no active warehouse ${fromWarehouseId}`);
  if (to?.status !== "active") throw invalidField("to_warehouse_id", `there is no active warehouse ${toWarehouseId}`);
  const createdAtMs = deps.nowMs();
  const transfer: Transfer = {
    ...request,
    transferId: `TRF${deps.newId()}`,
    status: "dispatching",
    actor: deps.by.actor,
    createdAtMs,
    updatedAtMs: createdAtMs,
    dispatchByMs: createdAtMs + DISPATCH_MS,
    refusal: null,
    items: resolveItems(items, sellables),
  };
  const change = { action: "transfer.create", recordType: "transfer", recordId: transfer.transferId, after: transfer };
  return { queries: insertTransfer(transfer, deps.by.requestId), changes: [change], answer: transfer, status: 201 };
}

/** The lines with their variants. @throws Refusal naming every line without one, or with the variant of another line */
function resolveItems(items: readonly WantedItem[], sellables: readonly Sellable[]): TransferItem[] {
  const errors: FieldError[] = [];
  const bundles: FieldError[] = [];
  const resolved: TransferItem[] = [];
  for (const [index, { productId, variantId, quantity }] of items.entries()) {
    const field = (name: string) => `items[${index}].${name}`;
    const sellable = sellables.find((each) => each.index === index);
    if (!sellable) errors.push({ field: field("product_id"), message: `there is no product ${productId}` });
    else if (sellable.isBundle) bundles.push({ field: field("product_id"), message: "is a bundle; send its components" });
    else {
      const stocked = stockedVariant(sellable, variantId);
      if ("problem" in stocked) errors.push({ field: field("variant_id"), message: stocked.problem });
      else if (resolved.some((item) => item.variantId === stocked.variantId)) {
        errors.push({ field: field("variant_id"), message: "another line has this variant" });
      } else resolved.push({ lineNo: index + 1, productId, variantId: stocked.variantId, quantity, received: 0 });
    }
  }
  const [first] = errors;
  if (first) throw new Refusal("validation_failed", `${first.field}: ${first.message}`, { errors });
  if (bundles.length > 0) throw new Refusal("bundle_has_no_stock", "Send the stock of its components.", { errors: bundles });
  return resolved;
}

function refused({ transferId, fromWarehouseId, refusal }: Transfer, replayed: boolean): Refusal {
  const lines = (refusal?.short ?? []).map(({ productId, variantId, quantity, ...units }) => ({
    product_id: productId,
    variant_id: variantId,
    warehouse_id: fromWarehouseId,
    requested: quantity,
    ...shelfMembers(units),
  }));
  if (lines.length === 0) {
    const detail = "The units could not be dispatched in time; nothing was moved. Send it again with a new key.";
    return new Refusal("transfer_not_dispatched", detail, { members: { transfer_id: transferId }, replayed });
  }
  const detail = `${fromWarehouseId} has too few free units; nothing was moved.`;
  return new Refusal("units_reserved", detail, { members: { transfer_id: transferId, lines }, replayed });
}

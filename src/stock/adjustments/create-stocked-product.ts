import { createProduct, type NewProduct } from "../../catalog/create-product.ts";
import type { Product } from "../../catalog/rules/product.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, unresolved } from "../../errors.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { findWarehouse } from "../../warehouses/queries.ts";
import type { Movement } from "../rules/messages.ts";

const REASON = "Initial stock";

/** A product with one variant and its initial units; the default warehouse is the shop's. */
export interface NewStockedProduct extends NewProduct {
  units: number;
  warehouseId?: string | undefined;
}

export interface StockedProduct {
  product: Product;
  /** Absent if there are no initial units. */
  movement: Movement | undefined;
  replayed: boolean;
}

/**
 * Creates a product in D1, then has its object receive the units. The movement's reference is the id of the key, so after a crash a retry
 * with the key finds the product and receives the units that are missing.
 * @throws Refusal `already_exists` naming the taken id, `validation_failed`, `idempotency_key_reused`; `unresolved` if D1 or the object
 *   did not answer
 */
export async function createStockedProduct(
  deps: Deps,
  keyed: Keyed | undefined,
  { units, warehouseId = deps.config.defaultWarehouse, ...wanted }: NewStockedProduct,
): Promise<StockedProduct> {
  const check = units > 0 ? () => requireWarehouse(deps, warehouseId) : undefined;
  const { answer: product, replayed } = await createProduct(deps, keyed, wanted, check);
  if (units === 0) return { product, movement: undefined, replayed };
  const received = await receive(deps, keyed, product, units, warehouseId);
  return { product, movement: received.movement, replayed: replayed && received.replayed };
}

async function requireWarehouse(deps: Deps, warehouseId: string): Promise<void> {
  const { warehouse } = await deps.db.batch("read warehouse", { warehouse: findWarehouse(warehouseId) });
  if (warehouse?.status !== "active") throw invalidField("warehouse_id", `there is no active warehouse ${warehouseId}`);
}

async function receive(deps: Deps, keyed: Keyed | undefined, { productId }: Product, quantity: number, warehouseId: string) {
  const { actor, isAudited, requestId } = deps.by;
  const answer = await deps
    .stockOf(productId)
    .adjust({
      kind: "receive",
      quantity,
      variantId: productId,
      warehouseId,
      reason: REASON,
      externalReference: null,
      referenceId: keyed?.id ?? `NEW${deps.newId()}`,
      requestHash: keyed?.requestHash ?? "",
      actor,
      requestId: isAudited ? requestId : undefined,
      flushFirst: true,
    })
    .catch((error: unknown) => {
      const detail = `The product ${productId} was created; it is not known whether its units were received.`;
      throw unresolved(detail, keyed ? "same_key" : "look_first", error);
    });
  // Receipts are never refused, and D1 has already compared the body with the key's.
  if (answer.outcome !== "moved") throw new Error(`the initial units of ${productId} were refused: ${answer.outcome}`);
  return answer;
}

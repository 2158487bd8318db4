import { receiveUnits } from "../orders/orders.ts";
import { importRows } from "./bulk.ts";
import { newId } from "./shop.ts";

/** So many products are made at once. */
const AT_ONCE = 40;

/**
 * Makes products with units like `stocked`, but their entries in the catalogue many at a time, by an import: a request for each takes
 * longer than most tests that need it.
 * @returns what makes the next one, for one test file
 */
export function stockedAhead(): (units: number | Record<string, number>) => Promise<string> {
  const made: Promise<string[]>[] = [];
  let taken = 0;
  return async (units) => {
    const [batch, place] = [Math.floor(taken / AT_ONCE), taken % AT_ONCE];
    taken += 1;
    made[batch] ??= importedProducts();
    const productId = String((await made[batch])[place]);
    await receiveUnits(productId, units);
    return productId;
  };
}

async function importedProducts(): Promise<string[]> {
  const productIds = Array.from({ length: AT_ONCE }, () => newId());
  const answer = await importRows(
    productIds.map((productId) => ({ product_id: productId, name: "Basmati Rice 1kg", price: 150, sku: `SKU-${productId}` })),
  );
  if (answer.totals.created !== AT_ONCE) throw new Error(JSON.stringify(answer.rows));
  return productIds;
}

import type { Simulation } from "../clients/client.ts";
import { STOCKED } from "../shop.ts";

/** The movements of a place, each with whether it is opening stock, in their order. */
const MOVEMENTS = `SELECT reference_id LIKE 'opening/%' AS isOpening FROM movements WHERE variant_id = ? AND warehouse_id = ? ORDER BY seq`;

/**
 * Opening stock is the first movement of its place, and no other is; every opening that an import was answered with has become one, or other units
 * were first. Lists show what imports changed, and nothing is owed any more.
 */
export function checkOpenings({ d1, runtime, acknowledged }: Simulation): string[] {
  const owed = d1.run(
    "SELECT variant_id AS what FROM opening_stock WHERE found_on_hand IS NULL UNION ALL SELECT product_id FROM stale_products",
  ).rows;
  const unlisted = d1.run(
    "SELECT product_id AS what FROM products JOIN product_stock s USING (product_id) WHERE s.category IS NOT products.category",
  ).rows;
  const places = d1.run("SELECT DISTINCT variant_id AS variantId, warehouse_id AS warehouseId FROM stock_levels").rows;
  const movementsOf = (variantId: unknown, warehouseId: unknown) => {
    const productId = STOCKED.find((each) => each.variantId === variantId)?.productId ?? "";
    return runtime.hosts.get(productId)?.sql.run(MOVEMENTS, [variantId, warehouseId]).rows ?? [];
  };
  const late = places.filter(({ variantId, warehouseId }) =>
    movementsOf(variantId, warehouseId).some(({ isOpening }, index) => isOpening === 1 && index > 0),
  );
  const lost = acknowledged.openings.filter(({ variantId, warehouseId }) => movementsOf(variantId, warehouseId).length === 0);
  return [
    ...owed.map(({ what }) => `an import still owes ${String(what)}`),
    ...unlisted.map(({ what }) => `lists do not show the category of ${String(what)}`),
    ...late.map((place) => `opening stock came after other units: ${JSON.stringify(place)}`),
    ...lost.map((place) => `the opening stock of an import never came: ${JSON.stringify(place)}`),
  ];
}

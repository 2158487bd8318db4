import { importProducts } from "../../../src/catalog/bulk/import-products.ts";
import type { ImportRow } from "../../../src/catalog/rules/import-file.ts";
import { PRODUCT_IDS, STOCKED, WAREHOUSES } from "../shop.ts";
import { expectRefusal, newKey, pause, sendUntilAnswered, type Simulation } from "./client.ts";
import { asStaff } from "./storekeepers.ts";

/** Imports the file of another shop that has units of some products (S5), often twice at about the same time, as two imports. */
export async function importFile(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const warehouseId = anyWarehouse(sim);
  const productIds = random.chance(0.5) ? PRODUCT_IDS : [random.pick(PRODUCT_IDS)];
  const rows = productIds.map((productId, index) => rowOf(sim, productId, index + 1));
  const again = async () => {
    if (random.chance(0.3)) return;
    await pause(sim, random.pick([0, 5, 50, 500]));
    await send(sim, rows, warehouseId);
  };
  await Promise.all([send(sim, rows, warehouseId), again()]);
}

/** A warehouse; mostly one in which some variant never had a movement, as long as there is one. */
function anyWarehouse({ scheduler: { random }, d1 }: Simulation): string {
  const isOpen = (warehouseId: string) =>
    Number(d1.run("SELECT count(*) AS n FROM stock_levels WHERE warehouse_id = ?", [warehouseId]).rows[0]?.n) < STOCKED.length;
  const open = WAREHOUSES.filter(({ warehouseId }) => isOpen(warehouseId));
  return random.pick(open.length > 0 && random.chance(0.8) ? open : WAREHOUSES).warehouseId;
}

/** A row that changes what lists show of a product, and says units of its variants. */
function rowOf({ scheduler: { random } }: Simulation, productId: string, row: number): ImportRow {
  const stock = STOCKED.filter((each) => each.productId === productId).map(({ variantId }) => ({
    sku: `SKU-${variantId}`,
    quantity: random.below(3),
    isOversold: false,
    problem: null,
  }));
  const fields = random.chance(0.5) ? { category: random.pick(["Grain", "Food", "Kitchen"]) } : {};
  return { row, productId, wanted: { productId, fields, stock }, errors: [] };
}

async function send(sim: Simulation, rows: readonly ImportRow[], warehouseId: string): Promise<void> {
  const { cover } = sim.scheduler;
  const keyed = newKey(sim);
  const label = `import ${keyed.id} of ${rows.map(({ productId }) => productId).join(" + ")} in ${warehouseId}`;
  const reply = await sendUntilAnswered(sim, label, (deps) => importProducts(asStaff(deps), keyed, rows, { warehouseId }));
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, []);
  const { report } = reply.answer;
  if (report.some(({ outcome }) => outcome === "updated")) cover("products imported");
  const stock = report.flatMap((row) => row.stock ?? []);
  for (const { outcome } of stock) cover(`opening stock: ${outcome}`);
  const owed = stock.flatMap(({ variantId, outcome }) => (variantId !== null && outcome === "opening" ? [variantId] : []));
  sim.acknowledged.openings.push(...owed.map((variantId) => ({ variantId, warehouseId })));
}

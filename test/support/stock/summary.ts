import { sqlInD1, stockOf } from "./stock.ts";

/** A row of the summary without its time. */
export interface SummaryRow {
  scope: string;
  name: string;
  products: number;
  active_products: number;
  in_stock: number;
  low_stock: number;
  out_of_stock: number;
  below_minimum: number;
  units: number;
  stock_value_minor: number;
  retail_value_minor: number;
}

interface ProductRow {
  product_id: string;
  status: string;
  category: string | null;
  price_minor: number;
  cost_minor: number | null;
  min_stock_level: number | null;
  available: number;
}

/** The summary that the triggers maintain. An emptied warehouse keeps a row of zeros. */
export async function keptSummary(): Promise<SummaryRow[]> {
  const rows = await sqlInD1<SummaryRow & { as_of_ms: number }>("SELECT * FROM inventory_summary");
  return sorted(rows.filter(({ products }) => products !== 0).map(({ as_of_ms: _at, ...row }) => row));
}

/**
 * The same sums, recomputed from the catalogue, the availability of each product, and the objects' own levels.
 * @param levelsOf reads the levels of a product
 */
export async function recomputedSummary(levelsOf = (productId: string) => stockOf(productId).levels()): Promise<SummaryRow[]> {
  const found = new Map<string, SummaryRow>();
  const add = (scope: string, name: string, more: Partial<SummaryRow>) => {
    const key = JSON.stringify([scope, name]);
    const row: SummaryRow = found.get(key) ?? { scope, name, ...NOTHING };
    for (const [member, value] of Object.entries(more)) row[member as keyof typeof NOTHING] += Number(value);
    found.set(key, row);
  };
  const products = await sqlInD1<ProductRow>(
    "SELECT p.*, s.available FROM products p LEFT JOIN product_stock s USING (product_id)",
  );
  for (const product of products) {
    const { cost_minor: cost, price_minor: price } = product;
    const levels = await levelsOf(product.product_id);
    const held = (units: number) => ({
      products: 1,
      units,
      stock_value_minor: units * (cost ?? 0),
      retail_value_minor: units * price,
    });
    const whole = { ...held(levels.reduce((sum, { onHand }) => sum + onHand, 0)), ...countsOf(product) };
    add("shop", "", whole);
    add("category", product.category ?? "", whole);
    for (const warehouseId of new Set(levels.map((level) => level.warehouseId))) {
      const there = levels.filter((level) => level.warehouseId === warehouseId).reduce((sum, { onHand }) => sum + onHand, 0);
      if (there > 0) add("warehouse", warehouseId, held(there));
    }
  }
  return sorted([...found.values()]);
}

function countsOf({ status, available, min_stock_level: min }: ProductRow): Partial<SummaryRow> {
  if (status !== "active") return {};
  const isLow = min !== null && available <= min;
  return {
    active_products: 1,
    in_stock: Number(available > 0 && !isLow),
    low_stock: Number(available > 0 && isLow),
    out_of_stock: Number(available === 0),
    below_minimum: Number(isLow),
  };
}

const NOTHING = {
  products: 0,
  active_products: 0,
  in_stock: 0,
  low_stock: 0,
  out_of_stock: 0,
  below_minimum: 0,
  units: 0,
  stock_value_minor: 0,
  retail_value_minor: 0,
};

function sorted(rows: readonly SummaryRow[]): SummaryRow[] {
  return rows.toSorted((a, b) => (`${a.scope} ${a.name}` < `${b.scope} ${b.name}` ? -1 : 1));
}

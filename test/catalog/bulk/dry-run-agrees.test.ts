import { describe, it } from "vitest";
import { changesOf } from "../../../src/catalog/bulk/changes-json.ts";
import { foreseeImport } from "../../../src/catalog/bulk/foresee-import.ts";
import { readRows } from "../../../src/catalog/bulk/import-json.ts";
import { importProducts } from "../../../src/catalog/bulk/import-products.ts";
import { findProductsById } from "../../../src/catalog/bulk/queries.ts";
import { BULK_FORMATS } from "../../../src/catalog/rules/bulk-file.ts";
import type { ImportRow, ReportRow } from "../../../src/catalog/rules/import-file.ts";
import type { Product } from "../../../src/catalog/rules/product.ts";
import { faultyWorker } from "../../support/faults.ts";
import { createRandom, type Random } from "../../support/random.ts";

/** Few names, so that rows meet. */
const IDS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const GTINS = ["4006381333931", "5901234123457", "4012345678901"];
const NAMES = ["Rice", "Rice", "Oil", "Salt & Pepper"];
/** Rows of one chunk, so that files have several. */
const LIMITS = { items: 3, weight: 1_000_000 };

/**
 * A row that may be anything: right, wrong, in the way of others, or a bundle of what others make. Most names are of its own product, so
 * that most rows are right.
 */
function anyRow(random: Random, prefix: string, letter: string): Record<string, unknown> {
  const some = (chance: number, fields: () => Record<string, unknown>) => (random.chance(chance) ? fields() : {});
  const whose = () => `${prefix}-${random.chance(0.93) ? letter : random.pick(IDS)}`;
  const variantId = () => `${whose()}${random.chance(0.4) ? "" : random.pick(["-1", "-2"])}`;
  const variant = () => ({
    variant_id: variantId(),
    ...some(0.9, () => ({ sku: `${whose()}-S${random.below(3)}` })),
    ...some(0.1, () => ({ barcode: random.pick(GTINS) })),
    ...some(0.2, () => ({ status: random.pick(["active", "archived"]) })),
    ...some(0.3, () => ({ price_adjustment: random.pick([-6, -1, 2]) })),
  });
  const component = () => ({
    product_id: `${prefix}-${random.pick(IDS)}`,
    quantity: random.between(1, 2),
    ...some(0.2, () => ({ variant_id: `${prefix}-${random.pick(IDS)}` })),
  });
  if (random.chance(0.1)) return { product_id: `${prefix}-${letter}`, name: NAMES[0] };
  const isBundle = letter > "f" || random.chance(0.05);
  return {
    product_id: `${prefix}-${letter}`,
    ...some(0.9, () => ({ name: random.pick(NAMES) })),
    ...some(0.9, () => ({ price: random.between(5, 9) })),
    ...some(0.3, () => ({ slug: `${whose()}-s${random.below(2)}` })),
    ...some(0.1, () => ({ barcode: random.pick(GTINS) })),
    ...some(0.15, () => ({ status: random.pick(["active", "archived"]) })),
    ...some(0.3, () => ({ min_stock_level: random.between(0, 6), max_stock_level: random.between(4, 9) })),
    ...(random.chance(0.6)
      ? some(0.5, () => ({ sku: `${whose()}-S${random.below(3)}` }))
      : { variants: Array.from({ length: isBundle ? 1 : random.between(1, 2) }, variant) }),
    ...(isBundle && { components: Array.from({ length: random.between(1, 2) }, component) }),
  };
}

/** Most rows are of different products. */
function lettersOf(random: Random): string[] {
  const letters = [...IDS].toSorted(() => random.next() - 0.5);
  return random.chance(0.3) ? [...letters, random.pick(IDS)] : letters;
}

describe("a dry run and the import after it", () => {
  const RUNS = 120;
  const SEED = Math.floor(Math.random() * 1_000_000);

  const toFile = (rows: readonly object[]) => readRows(rows.map((row) => JSON.stringify(row)).join("\n"), BULK_FORMATS.ndjson, 2);
  const told = (report: readonly ReportRow[]) => report.map(({ foreseen: _, ...row }) => row);

  async function productsOf(rows: readonly ImportRow[]): Promise<Map<string, Product>> {
    const ids = rows.flatMap(({ productId }) => productId ?? []);
    const { found } = await faultyWorker().deps.db.batch("read products", { found: findProductsById(ids) });
    return new Map(found.map((product) => [product.productId, product]));
  }

  it(`agree on every row and every changed field, whatever is in ${RUNS} files of seed ${SEED}`, async ({ expect }) => {
    const random = createRandom(SEED);
    const seen = { created: 0, updated: 0, unchanged: 0, refused: 0 };
    for (let run = 0; run < RUNS; run += 1) {
      const prefix = `f${SEED}x${run % 10}`;
      const rows = toFile(lettersOf(random).map((letter) => anyRow(random, prefix, letter)));
      const before = await productsOf(rows);

      const dry = (await foreseeImport(faultyWorker().deps, rows, { limits: LIMITS })).report;
      const worker = faultyWorker();
      const { report } = await importProducts(worker.deps, undefined, rows, { limits: LIMITS });
      await worker.idle();

      const after = await productsOf(rows);
      expect(told(dry), `run ${run}`).toEqual(report);
      for (const { productId, outcome, foreseen } of dry) {
        seen[outcome] += 1;
        const [old, now] = [before.get(productId ?? ""), after.get(productId ?? "")];
        if (foreseen && old && now)
          expect(changesOf(foreseen.before, foreseen.after, 2), `run ${run}`).toEqual(changesOf(old, now, 2));
      }
    }
    console.info(`seed ${SEED}: ${JSON.stringify(seen)}`);
    for (const [outcome, times] of Object.entries(seen)) expect([outcome, times > RUNS / 10]).toEqual([outcome, true]);
  });
});

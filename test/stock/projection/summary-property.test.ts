import fc from "fast-check";
import { beforeEach, it } from "vitest";
import type { Level } from "../../../src/stock/rules/levels.ts";
import { newId } from "../../support/shop/shop.ts";
import {
  adjustment,
  FLUSH_MS,
  newStock,
  advanceTime,
  runAlarm,
  sqlInD1,
  stockOf,
  stopTime,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { keptSummary, recomputedSummary } from "../../support/stock/summary.ts";

const PRODUCTS = 4;
const RUNS = 40;
const TIMEOUT_MS = 120_000;

beforeEach(stopTime);

type Step = { say: string; run: (productId: string) => Promise<unknown> };

const places = fc.constantFrom("BLR", "MUM", "DEL");

const moves = fc
  .tuple(fc.constantFrom("receive", "issue", "count", "damage"), fc.integer({ min: 1, max: 9 }), places)
  .map(([kind, units, warehouseId]): Step => ({
    say: `${kind} ${units} in ${warehouseId}`,
    run: (productId) => stockOf(productId).adjust(adjustment(kind, units, { variantId: productId, warehouseId })),
  }));

const sales = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("commit", "ship", "release", "keep"))
  .map(([units, end]): Step => ({
    say: `sell ${units}, ${end}`,
    run: async (productId) => {
      const stock = stockOf(productId);
      const request = reserveRequest(units, { variantId: productId, ranking: ["BLR", "MUM", "DEL"] });
      const answer = await stock.reserve(request);
      if (answer.outcome !== "reserved") return;
      if (end === "keep") await stock.keep(request.holdId, Date.now() + 86_400_000);
      else if (end === "ship")
        await stock.ship({ holdId: request.holdId, shipmentId: newId("ship"), lines: answer.allocations, actor: "order" });
      else await stock[end](request.holdId);
    },
  }));

const changes = fc
  .oneof(
    fc.tuple(fc.constant("category"), fc.constantFrom("Rice", "Oil", null)),
    fc.tuple(fc.constant("status"), fc.constantFrom("active", "archived")),
    fc.tuple(fc.constant("price_minor"), fc.integer({ min: 0, max: 99_999 })),
    fc.tuple(fc.constant("cost_minor"), fc.option(fc.integer({ min: 0, max: 99_999 }))),
    fc.tuple(fc.constant("min_stock_level"), fc.option(fc.integer({ min: 0, max: 9 }))),
  )
  .map(([column, value]): Step => ({
    say: `${column} = ${value}`,
    run: async (productId) => {
      await sqlInD1(`UPDATE products SET ${column} = ? WHERE product_id = ?`, value, productId);
      await stockOf(productId).refresh();
    },
  }));

const flushes = fc.constant<Step>({ say: "flush", run: flush });

async function flush(productId: string): Promise<void> {
  advanceTime(FLUSH_MS);
  await runAlarm(productId);
}

const steps = fc.array(fc.tuple(fc.nat(PRODUCTS - 1), fc.oneof(moves, moves, sales, sales, changes, flushes, flushes)), {
  maxLength: 40,
  size: "max",
});

async function makeProduct(): Promise<string> {
  const { productId } = newStock();
  await sqlInD1(
    `INSERT INTO products (product_id, name, category, status, is_bundle, price_minor, cost_minor, min_stock_level, created_at_ms, updated_at_ms)
     VALUES (?, ?, 'Rice', 'active', 0, 15000, 11800, 5, 0, 0)`,
    productId,
    newId("name"),
  );
  return productId;
}

it(
  `the summary equals the sums from scratch after each of ${RUNS} runs of receipts, sales, changes and flushes`,
  async ({ expect }) => {
    let units = 0;
    // Every run has its own products, so that nothing changes those of the runs before.
    const settled = new Map<string, Level[]>();
    const levelsOf = async (productId: string) => {
      const levels = settled.get(productId) ?? (await stockOf(productId).levels());
      settled.set(productId, levels);
      return levels;
    };
    const property = fc.asyncProperty(steps, async (taken) => {
      const made: string[] = [];
      for (let count = 0; count < PRODUCTS; count += 1) made.push(await makeProduct());
      for (const [index, { run }] of taken) await run(made[index] ?? "");
      for (const productId of made) await flush(productId);

      const kept = await keptSummary();
      expect(kept).toEqual(await recomputedSummary(levelsOf));
      units = kept.find(({ scope }) => scope === "shop")?.units ?? 0;
    });

    await fc.assert(property, { numRuns: RUNS });

    expect(await keptSummary()).toEqual(await recomputedSummary());
    expect(units).toBeGreaterThan(RUNS);
  },
  TIMEOUT_MS,
);

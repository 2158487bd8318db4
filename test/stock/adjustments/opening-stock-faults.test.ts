import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { readRows } from "../../../src/catalog/bulk/import-json.ts";
import { importProducts } from "../../../src/catalog/bulk/import-products.ts";
import { showImport } from "../../../src/catalog/bulk/show-import.ts";
import holdfast from "../../../src/index.ts";
import { receiveOwed } from "../../../src/stock/adjustments/opening-stock.ts";
import { atD1, atStock, FAULTS, faultyWorker, type OutsideCall, waitingAt } from "../../support/faults.ts";
import { patch, post } from "../../support/http/requests.ts";
import { receiveAllOwed } from "../../support/shop/bulk.ts";
import { demoWarehouses, newId, receive } from "../../support/shop/shop.ts";
import { sqlInD1, stockOf } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

const HEADER = "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty";

/** The rows of a file with seven units of each product. */
function rowsOf(ids: readonly string[], units = 7) {
  return readRows([HEADER, ...ids.map((id) => `${id},Tee,${id},5,${units}`)].join("\n"), "text/csv", 2);
}

/** Imports without having anything received. */
async function imported(ids: readonly string[], units = 7): Promise<string> {
  const { importId } = await importing(faultyWorker(), ids, units);
  if (importId === null) throw new Error("nothing was imported");
  return importId;
}

function importing(worker: ReturnType<typeof faultyWorker>, ids: readonly string[], units = 7, key?: string) {
  const deps = { ...worker.deps, defer: () => {} };
  const keyed = key === undefined ? undefined : { id: key, requestHash: "h" };
  return importProducts(deps, keyed, rowsOf(ids, units), { warehouseId: "BLR" });
}

const twoIds = () => [newId("p"), newId("p")].map((id) => id.toLowerCase()) as [string, string];
const owed = (ids: readonly string[]) =>
  sqlInD1<{ n: number }>(
    "SELECT count(*) AS n FROM opening_stock WHERE product_id IN (SELECT value FROM json_each(?))",
    JSON.stringify(ids),
  );
const onHand = (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await stockOf(id).levels()).map((level) => level.onHand)));

const STEPS: [string, (call: OutsideCall) => boolean][] = [
  ["the search for what is owed", atD1("find opening stock")],
  ["the first object", atStock("openStock", 1)],
  ["the second object", atStock("openStock", 2)],
  ["the record of what was received", atD1("finish opening stock")],
];

describe("opening stock that is owed", () => {
  it.for(STEPS.flatMap(([step, is]) => FAULTS.map((fault) => [fault, step, is] as const)))(
    "is received exactly once where a run meets %s at %s",
    async ([fault, , is], { expect }) => {
      const ids = twoIds();
      const importId = await imported(ids);
      const worker = faultyWorker((call) => (is(call) ? fault : "none"));
      await Promise.race([receiveOwed(worker.deps).catch(() => undefined), worker.died]);

      await receiveOwed(faultyWorker().deps);
      await worker.deliverLate();
      await receiveAllOwed();

      expect(await onHand(ids)).toEqual([[7], [7]]);
      expect(await owed(ids)).toEqual([{ n: 0 }]);
      expect(await showImport(faultyWorker().deps, importId)).toMatchObject({ stock: 2, stockLeft: 0, stockFound: 0 });
      const moved = await sqlInD1("SELECT delta_on_hand FROM stock_movements WHERE product_id IN (?, ?)", ...ids);
      expect(moved).toEqual([{ delta_on_hand: 7 }, { delta_on_hand: 7 }]);
    },
  );

  it.for(["lost", "answer_lost", "dies_before", "dies_after"] as const)(
    "is owed exactly if its import was written, where the write meets %s",
    async (fault, { expect }) => {
      const ids = twoIds();
      const key = newId("key");
      const worker = faultyWorker((call) => (atD1("write once")(call) ? fault : "none"));
      await Promise.race([importing(worker, ids, 7, key).catch(() => undefined), worker.died]);
      const [products] = await sqlInD1<{ n: number }>("SELECT count(*) AS n FROM products WHERE product_id IN (?, ?)", ...ids);

      const before = await owed(ids);
      await importing(faultyWorker(), ids, 7, key);

      expect(before).toEqual([{ n: products?.n }]);
      expect(await owed(ids)).toEqual([{ n: 2 }]);
    },
  );

  it("is received once by two runs at once, and what a later file says while it is owed replaces it", async ({ expect }) => {
    const ids = twoIds();
    const first = await imported(ids);
    const second = await imported(ids, 9);

    await Promise.all([receiveOwed(faultyWorker().deps), receiveOwed(faultyWorker().deps)]);
    await receiveAllOwed();

    expect(await onHand(ids)).toEqual([[9], [9]]);
    expect(await showImport(faultyWorker().deps, first)).toMatchObject({ stock: 2, stockLeft: 0 });
    expect(await showImport(faultyWorker().deps, second)).toMatchObject({ stock: 2, stockLeft: 0 });
  });

  it("stays owed where a later file came while the object received the earlier, and is then told as kept", async ({ expect }) => {
    const [id] = twoIds();
    await imported([id]);
    const { worker, waits, goOn } = waitingAt(atD1("finish opening stock"));
    const running = receiveOwed(worker.deps);
    await waits;
    await sqlInD1("DELETE FROM stock_levels WHERE product_id = ?", id);
    const later = await imported([id], 9);
    goOn();
    await running;
    await receiveAllOwed();

    expect(await onHand([id])).toEqual([[7]]);
    expect(await showImport(faultyWorker().deps, later)).toMatchObject({
      stock: 1,
      stockLeft: 0,
      stockFound: 1,
      kept: [{ sku: id, quantity: 9, onHand: 7 }],
    });
  });

  it("is received before staff receive more, so that neither is lost; a count stands for itself", async ({ expect }) => {
    const [received, counted] = twoIds();
    const importId = await imported([received, counted]);

    await receive(received, 5);
    const count = { product_id: counted, warehouse_id: "BLR", counted: 4, expected_on_hand: 0 };
    const response = await post("/api/v1/inventory/counts", count, { admin: true });
    await receiveAllOwed();

    expect(response.status).toBe(200);
    expect(await onHand([received, counted])).toEqual([[12], [4]]);
    expect(await showImport(faultyWorker().deps, importId)).toMatchObject({ stockFound: 1, kept: [{ sku: counted, onHand: 4 }] });
  });

  it("is received after its progress was asked for, although no cron runs", async ({ expect }) => {
    const ids = twoIds();
    const importId = await imported(ids);
    const worker = faultyWorker();

    const { stockLeft } = await showImport(worker.deps, importId);
    await worker.idle();

    expect(stockLeft).toBe(2);
    expect(await onHand(ids)).toEqual([[7], [7]]);
  });

  it("keeps its warehouse from being archived, and is brought in by the cron", async ({ expect }) => {
    const [id] = twoIds();
    const place = { country: "IN", postal_code: "560001", latitude: 12.97, longitude: 77.59 };
    await post("/api/v1/warehouses", { warehouse_id: "NEW", name: "New", ...place }, { admin: true });
    await importProducts({ ...faultyWorker().deps, defer: () => {} }, undefined, rowsOf([id]), { warehouseId: "NEW" });

    const archived = await patch("/api/v1/warehouses/NEW", { status: "archived" }, { admin: true });
    const waits: Promise<unknown>[] = [];
    await holdfast.scheduled(createScheduledController(), env, {
      waitUntil: (work: Promise<unknown>) => void waits.push(work),
    } as ExecutionContext);

    expect(await archived.json()).toMatchObject({ code: "warehouse_not_empty", pending_movements: 1 });
    expect(await onHand([id])).toEqual([[7]]);
  });
});

import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { adjustStock } from "../../src/stock/adjustments/adjust-stock.ts";
import { createTransfer } from "../../src/stock/transfers/create-transfer.ts";
import { cutAct } from "../support/cuts.ts";
import { atD1, FAULTS, faultyWorker, waitingAt } from "../support/faults.ts";
import { recover } from "../support/invariants.ts";
import { outcomeOf, stocked } from "../support/orders/orders.ts";
import { archiveBy, opened, setStatus, statusOf } from "../support/shop/archive.ts";
import { demoWarehouses, flush, newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";
import { sendTransfer } from "../support/stock/transfers.ts";

beforeAll(demoWarehouses);
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

describe("archiving while something arrives", () => {
  it("is refused if units, a transfer or an order came first, although it had seen none", async ({ expect }) => {
    const warehouseId = await opened();
    const productId = await stocked({ BLR: 1, [warehouseId]: 1 });
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const answer = archiveBy(worker.deps, warehouseId);
    await waits;
    await flush(productId);
    goOn();

    expect(await answer).toEqual({ code: "warehouse_not_empty" });
    expect(await statusOf(warehouseId)).toBe("active");
  });

  it.for([
    ["from", { to_warehouse_id: "BLR" }, "from_warehouse_id"],
    ["to", { from_warehouse_id: "BLR" }, "to_warehouse_id"],
  ] as const)("is refused, or the transfer %s it is: one of them comes first", async ([, other, field], { expect }) => {
    const warehouseId = await opened();
    const productId = await stocked(5);
    const body = { items: [{ product_id: productId, quantity: 1 }], ...other, [field]: warehouseId };
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const request = { fromWarehouseId: "BLR", toWarehouseId: "BLR", reason: null, reference: null };
    const ends = field === "from_warehouse_id" ? { fromWarehouseId: warehouseId } : { toWarehouseId: warehouseId };

    const sending = outcomeOf(
      createTransfer(worker.deps, undefined, { ...request, ...ends, items: [{ productId, quantity: 1 }] }),
    );
    await waits;
    const archived = await setStatus(warehouseId, "archived");
    goOn();

    expect(archived).toMatchObject({ http: 200, status: "archived" });
    expect(await sending).toEqual({ code: "validation_failed" });
    expect((await sendTransfer(body)).body).toMatchObject({ status: 422, errors: [{ field }] });
  });

  it("keeps what had begun to come, and alerts until the units have left or the warehouse is active", async ({ expect }) => {
    const warehouseId = await opened();
    const productId = await stocked(1);
    const { worker, waits, goOn } = waitingAt((call) => call.to === "stock" && call.method === "adjust");
    const change = { kind: "receive", quantity: 4, reason: null, externalReference: null } as const;
    const alerts = () => sqlInD1("SELECT details, closed_at_ms IS NULL AS isOpen FROM alerts WHERE subject = ?", warehouseId);

    const arriving = adjustStock(worker.deps, undefined, { ...change, productId, warehouseId });
    await waits;
    const archived = await setStatus(warehouseId, "archived");
    goOn();
    await arriving;
    await recover([productId], 1);
    const open = await alerts();
    await recover([productId], 1);
    await setStatus(warehouseId, "active");
    await recover([productId], 1);

    expect(archived.http).toBe(200);
    expect(open).toMatchObject([
      { isOpen: 1, details: JSON.stringify({ warehouse_id: warehouseId, name: "Kolkata", units: 4 }) },
    ]);
    expect(await alerts()).toMatchObject([{ isOpen: 0 }]);
    expect(await setStatus(warehouseId, "archived")).toMatchObject({ http: 409, on_hand: 4 });
  });
});

describe("archiving, failing at one step", () => {
  it.for(FAULTS)("%s: a retry with the key archives it, and says so again", async (fault, { expect }) => {
    for (let at = 1; ; at += 1) {
      const [warehouseId, key] = [await opened(), newId("key")];
      const isCut = await cutAct((worker) => archiveBy(worker.deps, warehouseId, key), at, fault);
      const retried = await archiveBy(faultyWorker().deps, warehouseId, key);

      expect(retried, `call ${at}`).toMatchObject({ answer: { status: "archived" } });
      expect(await statusOf(warehouseId)).toBe("archived");
      if (!isCut) {
        expect(at).toBeGreaterThan(2);
        break;
      }
    }
  });

  it("is done once by two at once with one key", async ({ expect }) => {
    const [warehouseId, key] = [await opened(), newId("key")];

    const answers = await Promise.all([1, 2].map(() => setStatus(warehouseId, "archived", key)));

    expect(answers).toMatchObject([{ http: 200 }, { http: 200 }]);
    const log = "SELECT count(*) AS times FROM audit_log WHERE record_id = ? AND action = 'warehouse.change'";
    expect(await sqlInD1(log, warehouseId)).toEqual([{ times: 1 }]);
  });
});

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { settleOverdueTransfers } from "../../../src/stock/transfers/settle-transfer.ts";
import { atD1, faultyWorker, outcome } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { onHand, statusesOf, transferBy, twoProducts } from "../../support/stock/transfers.ts";

const UNITS = 5;
const DISPATCH_MS = 10_000;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("two Workers that settle one transfer", () => {
  it("agree when the sweep runs while the first Worker waits for D1", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (atD1("settle transfer")(call)) await recover(productIds);
      },
    );

    const answer = await transferBy(worker.deps, units);

    expect(answer).toMatchObject({ transfer: { status: "in_transit" } });
    await recover(productIds);
    await expectInvariants(expect, received);
  });

  it("agree that a transfer refused as too late is not in transit, even if its Worker reaches the objects later", async ({
    expect,
  }) => {
    const { productIds, received } = await twoProducts(UNITS);
    const units = Object.fromEntries(productIds.map((productId) => [productId, 2]));
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (call.to === "stock" && call.nth === 1 && call.method === "dispatch") await recover(productIds);
      },
    );

    const answer = await transferBy(worker.deps, units);
    await worker.idle();
    await recover(productIds);

    expect(answer).toEqual({ code: "transfer_not_dispatched" });
    expect(await Promise.all(productIds.map(onHand))).toEqual([{ BLR: UNITS }, { BLR: UNITS }]);
    await expectInvariants(expect, received);
  });

  it("agree on the first decision in D1, whatever the second Worker found", async ({ expect }) => {
    const { productIds } = await twoProducts(UNITS);
    const [rice, dal] = [String(productIds[0]), String(productIds[1])];
    const units = { [rice]: 2, [dal]: UNITS + 1 };
    const key = newId("key");
    const late = faultyWorker((call) => (atD1("settle transfer")(call) ? "late" : "none"));
    await transferBy(late.deps, units, key);
    const arrival = { kind: "return", referenceId: newId("RET"), reason: null, actor: "test" } as const;
    await env.STOCK.getByName(dal).bringIn({ ...arrival, lines: [{ variantId: dal, warehouseId: "BLR", quantity: 1 }] });

    const retried = await transferBy(faultyWorker().deps, units, key);
    await late.deliverLate();
    await recover(productIds);

    expect(retried).toMatchObject({ transfer: { status: "in_transit" } });
    expect([await onHand(rice), await onHand(dal)]).toEqual([{ BLR: UNITS - 2 }, { BLR: 0 }]);
    expect(await statusesOf(rice)).toEqual(["in_transit"]);
    await expectInvariants(expect, new Map(Object.entries({ [rice]: UNITS, [dal]: UNITS + 1 })));
  });

  it("leave a transfer open whose object does not answer, and settle the others", async ({ expect }) => {
    const { productIds, received } = await twoProducts(UNITS);
    const [silent, quick] = [String(productIds[0]), String(productIds[1])];
    for (const productId of [silent, quick]) {
      const dying = faultyWorker((call) => (atD1("settle transfer")(call) ? "dies_before" : "none"));
      await outcome(dying, transferBy(dying.deps, { [productId]: 2 }));
    }
    vi.setSystemTime(Date.now() + 10 * DISPATCH_MS);

    await settleOverdueTransfers(
      faultyWorker((call) => (call.to === "stock" && call.productId === silent ? "lost" : "none")).deps,
    );

    expect([await statusesOf(silent), await statusesOf(quick)]).toEqual([["dispatching"], ["in_transit"]]);
    await recover(productIds);
    await expectInvariants(expect, received);
  });
});

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { receiveReturn } from "../../../src/orders/returns/receive-return.ts";
import { rejectReturn, requestReturn } from "../../../src/orders/returns/request-return.ts";
import { cutAct, everyCut } from "../../support/cuts.ts";
import { FAULTS, faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { moveTo, orderOf, outcomeOf, place, receiveUnits } from "../../support/orders/orders.ts";
import { demoWarehouses, newId, product } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const BOUGHT = 2;
/** None of them makes so many calls. */
const TOO_MANY = 12;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A completed order of a variant that only it has, and its return, which may not be requested yet. */
interface Case {
  orderId: string;
  productId: string;
  variantId: string;
  returnId: string;
}

interface Step {
  act: (deps: Deps, of: Case, key: string) => Promise<unknown>;
  /** Whether it is about a return that was requested. */
  needsRequest: boolean;
  becomes: string;
  /** Units on hand afterwards, by warehouse. */
  onHand: Record<string, number>;
}

const keyedBy = (key: string) => ({ id: key, requestHash: `hash of ${key}` });

function request(deps: Deps, { orderId, productId, variantId }: Case, key: string) {
  const items = [{ productId, variantId, quantity: BOUGHT }];
  return outcomeOf(requestReturn(deps, keyedBy(key), { orderId, ownedBy: undefined, items, reason: null }));
}

const GONE = { BLR: 0, MUM: 0 };

const STEPS: Record<string, Step> = {
  "a request": { act: request, needsRequest: false, becomes: "requested", onHand: GONE },
  "a receipt in a warehouse that supplied nothing": {
    act: (deps, { orderId, returnId }, key) =>
      outcomeOf(receiveReturn(deps, keyedBy(key), { orderId, returnId, items: undefined, warehouseId: "DEL" })),
    needsRequest: true,
    becomes: "received",
    onHand: { ...GONE, DEL: BOUGHT },
  },
  "a receipt of a part, where it came from": {
    act: (deps, { orderId, returnId, productId, variantId }, key) => {
      const items = [{ productId, variantId, quantity: 1, condition: "sellable" as const }];
      return outcomeOf(receiveReturn(deps, keyedBy(key), { orderId, returnId, items, warehouseId: undefined }));
    },
    needsRequest: true,
    becomes: "received",
    onHand: { ...GONE, BLR: 1 },
  },
  "a rejection": {
    act: (deps, { orderId, returnId }, key) => outcomeOf(rejectReturn(deps, keyedBy(key), { orderId, returnId, reason: "Worn" })),
    needsRequest: true,
    becomes: "rejected",
    onHand: GONE,
  },
};

const variantAt = (productId: string, at: number) => `${productId}-${at}`;

async function productOfVariants(): Promise<string> {
  const productId = newId();
  const variants = Array.from({ length: TOO_MANY }, (_, index) => {
    const id = variantAt(productId, index + 1);
    return { variant_id: id, sku: `SKU-${id}`, name: id };
  });
  await product({ product_id: productId, variants });
  return productId;
}

/** Completes an order of units from BLR and MUM. */
async function completed(productId: string, at: number, { needsRequest }: Step): Promise<Case> {
  const variantId = variantAt(productId, at);
  await receiveUnits(productId, { BLR: 1, MUM: 1 }, variantId);
  const worker = faultyWorker();
  const { deps } = worker;
  const answer = await place(deps, orderOf([], BOUGHT, { items: [{ productId, variantId, quantity: BOUGHT }] }));
  if (!("order" in answer)) throw new Error(answer.code);
  const { orderId } = answer.order;
  for (const status of ["PROCESSING", "COMPLETED"] as const) await moveTo(deps, orderId, status);
  const requestKey = newId("key");
  const order = { orderId, productId, variantId, returnId: `RET${requestKey}` };
  if (needsRequest) await request(deps, order, requestKey);
  await worker.idle();
  return order;
}

/** The statuses of an order's returns, and the units of its variant by warehouse. */
async function stateOf({ orderId, productId, variantId }: Case) {
  const heads = await sqlInD1<{ status: string }>("SELECT status FROM returns WHERE order_id = ?", orderId);
  const levels = (await env.STOCK.getByName(productId).levels()).filter((level) => level.variantId === variantId);
  return {
    statuses: heads.map(({ status }) => status),
    onHand: Object.fromEntries(levels.map(({ warehouseId, onHand }) => [warehouseId, onHand])),
  };
}

describe.for(Object.entries(STEPS))("%s", ([, step]) => {
  it.for(FAULTS)(
    "cut after every call (%s), and sent again with its key, is done once, and all invariants hold",
    async (fault, { expect }) => {
      const productId = await productOfVariants();
      const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
        const order = await completed(productId, at, step);
        const key = newId("key");
        const isCut = await cutAct(({ deps }) => step.act(deps, order, key), at, fault);
        return { isCut, key, ...order };
      });
      const received = new Map([[productId, BOUGHT * cuts.length]]);
      await recover([productId], 2);
      await expectInvariants(expect, received);

      for (const cut of cuts) await step.act(faultyWorker().deps, cut, cut.key);
      await recover([productId], 2);

      for (const cut of cuts) {
        const done = { statuses: [step.becomes], onHand: step.onHand };
        expect(await stateOf(cut), `${fault} at ${cut.at}`).toEqual(done);
      }
      await expectInvariants(expect, received);
      expect(steps).toBeGreaterThanOrEqual(3);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );

  it("sent by two Workers at once, with a key each, is done once", async ({ expect }) => {
    const productId = await productOfVariants();
    const order = await completed(productId, 1, step);

    const answers = await Promise.all(
      [newId("key"), newId("key")].map((key) => step.act(faultyWorker().deps, order, key) as Promise<{ code?: string }>),
    );
    await recover([productId], 2);

    const isPart = step.onHand["BLR"] === 1;
    const refused = step.needsRequest ? "return_closed" : "not_returnable";
    expect(answers.map(({ code }) => code ?? "ok").toSorted()).toEqual(isPart ? ["ok", "ok"] : [refused, "ok"].toSorted());
    const onHand = isPart ? { BLR: 1, MUM: 1 } : step.onHand;
    expect(await stateOf(order)).toEqual({ statuses: [step.becomes], onHand });
    await expectInvariants(expect, new Map([[productId, BOUGHT]]));
  });
});

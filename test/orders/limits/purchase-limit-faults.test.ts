import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { everyCut, cutAct } from "../../support/cuts.ts";
import { FAULTS, faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { orderOf, ordersOf, place, receiveUnits } from "../../support/orders/orders.ts";
import { demoWarehouses, newId, product } from "../../support/shop/shop.ts";

// Each step of an order of the last unit that its customer may buy fails in every way: the customer has one unit, never two, never none.
const TOO_MANY = 20;

beforeAll(demoWarehouses);
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

async function limited(units: number): Promise<string> {
  const { productId } = await product({ max_per_customer: 1 });
  await receiveUnits(productId, units);
  return productId;
}

describe("an order of the last unit that a customer may buy", () => {
  it.for(FAULTS)("%s at each call: a retry with its key has it, and another order is refused", async (fault, { expect }) => {
    const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
      const productId = await limited(9);
      const key = newId("key");
      const request = orderOf([productId], 1, { customerEmail: `${newId("asha")}@example.com`, customerPhone: newId("1") });
      const isCut = await cutAct((worker) => place(worker.deps, request, key), at, fault);
      return {
        isCut,
        productId,
        retry: () => place(faultyWorker().deps, request, key),
        other: () => place(faultyWorker().deps, request),
      };
    });
    await recover(cuts.map(({ productId }) => productId));
    const ended = [];
    for (const { at, productId, retry, other } of cuts)
      ended.push({ at, productId, retried: await retry(), refused: await other() });
    await recover(ended.map(({ productId }) => productId));

    expect(steps).toBeGreaterThanOrEqual(3);
    for (const { at, productId, retried, refused } of ended) {
      expect(retried, `cut at call ${at}`).toMatchObject({ order: { status: "PENDING" } });
      expect(refused, `cut at call ${at}`).toEqual({ code: "max_per_customer_exceeded" });
      expect(await ordersOf(productId)).toHaveLength(1);
      await expectInvariants(expect, new Map([[productId, 9]]));
    }
  });

  it("is placed once by many at once, who have the e-mail address or the phone in common", async ({ expect }) => {
    const productId = await limited(9);
    const [email, phone] = [`${newId("asha")}@example.com`, "98450 12345"];
    const others = () => `${newId("other")}@example.com`;
    const buyers = [
      { customerEmail: email, customerPhone: phone },
      { customerEmail: email, customerPhone: null },
      { customerEmail: others(), customerPhone: "+91 98450 12345" },
      { customerEmail: others(), customerPhone: "09845012345" },
    ];

    const answers = await Promise.all(buyers.map((buyer) => place(faultyWorker().deps, orderOf([productId], 1, buyer))));
    await recover([productId], 1);

    const orders = await ordersOf(productId);
    const placedNow = answers.filter((answer) => "order" in answer);
    expect(placedNow.length).toBe(orders.length);
    // The second and one with the phone alone have nothing in common, so both may be placed; nobody has two.
    expect(orders.length).toBeGreaterThanOrEqual(1);
    expect(orders.length).toBeLessThanOrEqual(2);
    expect(answers.filter((answer) => "code" in answer).map((answer) => ("code" in answer ? answer.code : ""))).toEqual(
      Array.from({ length: answers.length - orders.length }, () => "max_per_customer_exceeded"),
    );
  });

  it("is placed once by six at once with one e-mail address", async ({ expect }) => {
    const productId = await limited(9);
    const request = orderOf([productId], 1, { customerEmail: `${newId("asha")}@example.com` });

    const answers = await Promise.all(Array.from({ length: 6 }, () => place(faultyWorker().deps, request)));

    expect(answers.filter((answer) => "order" in answer)).toHaveLength(1);
    expect(answers.filter((answer) => "code" in answer && answer.code === "max_per_customer_exceeded")).toHaveLength(5);
    await recover([productId], 1);
    await expectInvariants(expect, new Map([[productId, 9]]));
  });
});

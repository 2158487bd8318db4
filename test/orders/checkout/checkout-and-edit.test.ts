import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { readCart, cartOf, editBy, unitsIn } from "../../support/carts/carts.ts";
import { checkOutBy } from "../../support/carts/checkouts.ts";
import { atD1, atStock, type Fault, faultyWorker, isRecord, outcome, waitingAt } from "../../support/faults.ts";
import { unbackedItems, expectInvariants, recover } from "../../support/invariants.ts";
import { unitsOf } from "../../support/orders/http.ts";
import { stocked } from "../../support/orders/orders.ts";
import { bundle, demoWarehouses, newId } from "../../support/shop/shop.ts";

// A checkout and an edit of the same cart at once: one of them fails, and lines that are shown as reserved are reserved.
const UNITS = 8;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** Sets how many of a product a cart has. */
function edit(worker: { deps: Parameters<typeof editBy>[0] }, cartId: string, productId: string, quantity: number) {
  return editBy(worker.deps, { cartId, productId, quantity, kind: "put" });
}

describe("a checkout that was quoted before an edit", () => {
  it.for([
    { when: "raised", before: 1, after: 3 },
    { when: "lowered", before: 3, after: 1 },
  ])("and comes after it fails, and the $when line has its units", async ({ before, after }, { expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await cartOf({ [productId]: before });
    const slow = waitingAt(atStock("convert", 1));
    const checkout = checkOutBy(slow.worker.deps, cartId);
    await slow.waits;
    await edit(faultyWorker(), cartId, productId, after);

    slow.goOn();

    expect(await checkout).toMatchObject({ code: "unresolved" });
    await slow.worker.idle();
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [after, true] });
    expect(await unbackedItems(productId)).toEqual([]);
    expect(await unitsOf(productId)).toEqual({ BLR: [UNITS, Math.max(before, after)] });
    const next = faultyWorker();
    expect(await checkOutBy(next.deps, cartId)).toMatchObject({ order: { items: [{ quantity: after }] } });
    await next.idle();
    expect(await unitsOf(productId)).toEqual({ BLR: [UNITS, 0, after] });
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });
});

/** A Worker that lowers a line from three to one dies; the repeat with its key comes while a checkout has the units. */
async function loweredDuringCheckout(first: Fault) {
  const productId = await stocked(UNITS);
  const cartId = await cartOf({ [productId]: 3 });
  const lower = { cartId, productId, quantity: 1, kind: "put" } as const;
  const key = newId("key");
  const dying = faultyWorker((call) => {
    if (atStock("setCart", 1)(call)) return first;
    return atD1("confirm edit")(call) || atD1("undo edit")(call) ? "dies_before" : "none";
  });
  await outcome(dying, editBy(dying.deps, lower, key));
  const slowRecord = waitingAt(isRecord);
  const checkout = checkOutBy(slowRecord.worker.deps, cartId);
  await slowRecord.waits;
  const refused = await editBy(faultyWorker().deps, lower, key);
  slowRecord.goOn();
  const checkedOut = await checkout;
  await slowRecord.worker.idle();
  await dying.deliverLate();
  return { productId, cartId, answers: [refused, checkedOut] };
}

describe("an edit that is repeated when a checkout has the units", () => {
  it.for([
    { first: "dies_after", why: "had applied it before" },
    { first: "late", why: "gets it after the checkout" },
  ] as const)("shows nothing as reserved that is not, where the object $why", async ({ first }, { expect }) => {
    const { productId, cartId, answers } = await loweredDuringCheckout(first);

    expect(answers).toMatchObject([{ code: "checking_out" }, { code: "unresolved" }]);
    expect(await unbackedItems(productId)).toEqual([]);
    const next = faultyWorker();
    expect(await checkOutBy(next.deps, cartId)).toMatchObject({ order: { items: [{ quantity: 3 }] } });
    await next.idle();
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });
});

describe("an edit whose Worker dies after a checkout refused it", () => {
  it("is undone and applied by its repeat, which the next repeats: no line is shown with units of another", async ({
    expect,
  }) => {
    const rice = await stocked(UNITS);
    const { productId: feast } = await bundle([{ productId: rice, quantity: 2 }]);
    const cartId = await cartOf({ [feast]: 1 });
    const slowRecord = waitingAt(isRecord);
    const checkout = checkOutBy(slowRecord.worker.deps, cartId);
    await slowRecord.waits;
    const put = { cartId, productId: rice, quantity: 1, kind: "put" } as const;
    const key = newId("key");
    const dying = faultyWorker((call) => (atStock("setCart", 1)(call) ? "dies_after" : "none"));
    await outcome(dying, editBy(dying.deps, put, key));
    slowRecord.goOn();
    await checkout;
    await slowRecord.worker.idle();

    const repeats = [await editBy(faultyWorker().deps, put, key), await editBy(faultyWorker().deps, put, key)];

    expect(repeats).toMatchObject([{ replayed: false }, { replayed: true }]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [feast]: [1, true], [rice]: [1, true] });
    expect(await unbackedItems(rice)).toEqual([]);
    expect(await unitsOf(rice)).toEqual({ BLR: [UNITS, 3] });
  });
});

describe("an edit that D1 has and the object has not received", () => {
  it("is undone where a checkout took the units first, and that one fails: the line has all that it had", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await cartOf({ [productId]: 3 });
    const slowEdit = waitingAt(atStock("setCart", 1));
    const lowered = edit(slowEdit.worker, cartId, productId, 1);
    await slowEdit.waits;
    const slowRecord = waitingAt(isRecord);
    const checkout = checkOutBy(slowRecord.worker.deps, cartId);
    await slowRecord.waits;

    slowEdit.goOn();
    const refused = await lowered;
    slowRecord.goOn();

    expect([refused, await checkout]).toMatchObject([{ code: "checking_out" }, { code: "unresolved" }]);
    await slowRecord.worker.idle();
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [3, true] });
    expect(await unbackedItems(productId)).toEqual([]);
  });
});

import { beforeAll, beforeEach, describe, it, vi } from "vitest";
import { bodyOf as cartBodyOf, cartOf } from "../../support/carts/carts.ts";
import { type Ask, appWith } from "../../support/http/app.ts";
import { post, put } from "../../support/http/requests.ts";
import { type FaultyWorker, faultyWorker } from "../../support/faults.ts";
import { recover } from "../../support/invariants.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { bodyOf, inStock, lineOf, newKey, placed, type ProblemBody, read, send, unitsOf } from "../../support/orders/http.ts";
import { cancel, moveTo, takeBack } from "../../support/orders/orders.ts";
import { bundle, demoWarehouses } from "../../support/shop/shop.ts";
import { allMovementsOf } from "../../support/stock/movements.ts";
import { receive, sendTransfer, sent, transferBody } from "../../support/stock/transfers.ts";

beforeAll(demoWarehouses);

const ADMIN = { admin: true } as const;

/** What a clerk counted, and what the system said stands there. */
const countOf = (product_id: string, counted: number, expected_on_hand: number, warehouse_id = "BLR") => {
  return { product_id, warehouse_id, counted, expected_on_hand };
};

async function count(...counted: Parameters<typeof countOf>) {
  return read<ProblemBody>(await post("/api/v1/inventory/counts", countOf(...counted), ADMIN));
}

const refusal = (figures: object) => ({ status: 409, code: "units_reserved", ...figures });

/** Waits until units of a product are allocated in BLR; none is reserved then. */
async function allocatedOf(productId: string, onHand: number, units: number): Promise<void> {
  await vi.waitUntil(async () => String((await unitsOf(productId))["BLR"]) === String([onHand, 0, units]));
}

describe("a count while sold units still stand on the shelf", () => {
  let rice: string;
  let orderId: string;

  beforeEach(async () => {
    rice = await inStock(10);
    ({ order_id: orderId } = await placed(bodyOf([lineOf(rice, 4)])));
    await allocatedOf(rice, 10, 4);
  });

  it("of all that stands there agrees, and no unit is sold twice", async ({ expect }) => {
    const { status, body } = await count(rice, 10, 10);
    const tooMany = await send(bodyOf([lineOf(rice, 7)]));
    const rest = await send(bodyOf([lineOf(rice, 6)]));

    expect([status, body]).toMatchObject([200, { previous_stock: 10, new_stock: 10, current_stock: 6 }]);
    expect([tooMany.status, tooMany.body.stock_errors]).toMatchObject([409, [{ requested_quantity: 7, available_stock: 6 }]]);
    expect(rest.status).toBe(201);
    await allocatedOf(rice, 10, 10);
  });

  it("of fewer than are sold is refused with what is free and what is allocated, and counts nothing", async ({ expect }) => {
    const figures = { warehouse_id: "BLR", on_hand: 10, reserved: 0, allocated: 4, free: 6 };
    const stated = { quantity: 3, movement_type: "set", reason: "Count", warehouse_id: "BLR" };

    const counted = await count(rice, 3, 10);
    const set = await read<ProblemBody>(await put(`/api/v1/inventory/products/${rice}/stock`, stated, ADMIN));

    expect([counted.body, set.body]).toMatchObject([refusal(figures), refusal(figures)]);
    expect(await unitsOf(rice)).toEqual({ BLR: [10, 0, 4] });
    expect((await count(rice, 4, 10)).body).toMatchObject({ new_stock: 4, current_stock: 0 });
  });

  it("agrees with what is left once the order is completed", async ({ expect }) => {
    await move(orderId, "PROCESSING");
    const packed = await count(rice, 10, 10);
    await move(orderId, "COMPLETED");

    const { status, body } = await count(rice, 6, 6);

    expect([packed.status, status]).toEqual([200, 200]);
    expect(body).toMatchObject({ previous_stock: 6, new_stock: 6, current_stock: 6 });
    expect(await unitsOf(rice)).toEqual({ BLR: [6, 0] });
  });

  it("agrees beside a transfer in transit, which took none of them", async ({ expect }) => {
    const { transfer_id: transferId } = await sent({ [rice]: 3 });
    const more = await sendTransfer(transferBody({ [rice]: 4 }));

    const [left, short, arriving] = [await count(rice, 7, 7), await count(rice, 3, 7), await count(rice, 0, 0, "MUM")];
    await receive(transferId, { items: [{ product_id: rice, quantity: 3 }] });
    const arrived = await count(rice, 3, 3, "MUM");
    const tooMany = await send(bodyOf([lineOf(rice, 7)]));

    expect([left, arriving, arrived].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(more.body).toMatchObject({ status: 409, code: "units_reserved" });
    expect(short.body).toMatchObject(refusal({ on_hand: 7, allocated: 4, free: 3 }));
    expect(tooMany.body.stock_errors).toMatchObject([{ available_stock: 6 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [7, 0, 4], MUM: [3, 0] });
  });
});

describe("a count keeps the sold units", () => {
  it("of an order that two warehouses supply, in each of them", async ({ expect }) => {
    const rice = await inStock({ BLR: 3, MUM: 4 });
    await placed(bodyOf([lineOf(rice, 5)], { postal_code: "560034" }));
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [3, 0, 3], MUM: [4, 0, 2] }));

    const agreed = [await count(rice, 3, 3), await count(rice, 4, 4, "MUM")];
    const refused = [await count(rice, 2, 3), await count(rice, 1, 4, "MUM")];
    const tooMany = await send(bodyOf([lineOf(rice, 3)]));

    expect(agreed.map(({ status }) => status)).toEqual([200, 200]);
    expect(refused.map(({ body }) => body)).toMatchObject([
      refusal({ warehouse_id: "BLR", on_hand: 3, allocated: 3, free: 0 }),
      refusal({ warehouse_id: "MUM", on_hand: 4, allocated: 2, free: 2 }),
    ]);
    expect(tooMany.body.stock_errors).toMatchObject([{ available_stock: 2 }]);
  });

  it("that are parts of a bundle", async ({ expect }) => {
    const slat = await inStock(10);
    const { productId: bed } = await bundle([{ productId: slat, quantity: 4 }]);
    await placed(bodyOf([bed]));
    await allocatedOf(slat, 10, 4);

    const [agreed, refused] = [await count(slat, 10, 10), await count(slat, 3, 10)];
    const tooMany = await send(bodyOf([lineOf(bed, 2)]));

    expect(agreed.status).toBe(200);
    expect(refused.body).toMatchObject(refusal({ on_hand: 10, allocated: 4, free: 6 }));
    expect(tooMany.body.stock_errors).toMatchObject([{ product_id: slat, requested_quantity: 8, available_stock: 6 }]);
  });

  it("of a cart, before its checkout and after it", async ({ expect }) => {
    const rice = await inStock(10);
    const cartId = await cartOf({ [rice]: 4 });
    const inCart = [await count(rice, 10, 10), await count(rice, 3, 10)];
    await cartBodyOf(post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha", payment_method: "cod" }));
    await allocatedOf(rice, 10, 4);

    const ordered = [await count(rice, 10, 10), await count(rice, 3, 10)];
    const tooMany = await send(bodyOf([lineOf(rice, 7)]));

    expect([inCart, ordered].map(([agreed]) => agreed?.status)).toEqual([200, 200]);
    expect(inCart[1]?.body).toMatchObject(refusal({ on_hand: 10, reserved: 4, allocated: 0, free: 6 }));
    expect(ordered[1]?.body).toMatchObject(refusal({ on_hand: 10, reserved: 0, allocated: 4, free: 6 }));
    expect(tooMany.body.stock_errors).toMatchObject([{ available_stock: 6 }]);
  });
});

/** An order of four of ten units that is in processing, and a Worker that dies before the objects hear of its next change. */
async function inProcessing() {
  const rice = await inStock(10);
  const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 4)]));
  await allocatedOf(rice, 10, 4);
  await move(orderId, "PROCESSING");
  return { rice, orderId, worker: faultyWorker(({ to }) => (to === "stock" ? "dies_before" : "none")) };
}

describe("a count that comes before a change of an order has reached the shelf", () => {
  it.for([
    { change: "its completion", stands: 6, act: ({ deps }: FaultyWorker, id: string) => moveTo(deps, id, "COMPLETED") },
    { change: "its cancellation", stands: 10, act: ({ deps }: FaultyWorker, id: string) => cancel(deps, id) },
    {
      change: "a return of one unit",
      stands: 7,
      act: ({ deps }: FaultyWorker, id: string, productId: string) => takeBack(deps, id, [{ productId, quantity: 1 }]),
    },
  ])("carries $change out first: $stands stand there, now and after the sweep", async ({ stands, act }, { expect }) => {
    const { rice, orderId, worker } = await inProcessing();
    await act(worker, orderId, rice);
    await worker.died;
    const before = await unitsOf(rice);

    const { status, body } = await count(rice, stands, stands);
    vi.useFakeTimers({ toFake: ["Date"] });
    await recover([rice]).finally(() => vi.useRealTimers());

    expect(before).toEqual({ BLR: [10, 0, 4] });
    expect([status, body]).toMatchObject([200, { previous_stock: stands, new_stock: stands, current_stock: stands }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [stands, 0] });
  });

  it("is 503 and counts nothing where the object does not answer; its repeat with the key counts", async ({ expect }) => {
    const { rice, orderId, worker } = await inProcessing();
    await moveTo(worker.deps, orderId, "COMPLETED");
    await worker.died;
    const deaf = faultyWorker((call) => (call.to === "stock" && call.method === "ship" ? "lost" : "none"));
    const headers = { Authorization: "Bearer test-admin-token-0123456789", "Content-Type": "application/json" };
    const init = {
      method: "POST",
      headers: { ...headers, "Idempotency-Key": newKey() },
      body: JSON.stringify(countOf(rice, 6, 6)),
    };
    const ask = async (app: Ask) => read<ProblemBody>(await app("/api/v1/inventory/counts", init));

    const first = await ask(appWith({}, { stockOf: deaf.deps.stockOf }));
    const [units, movements] = [await unitsOf(rice), await allMovementsOf(rice)];
    const again = await ask(appWith({}));

    expect([first.status, first.body.code, first.headers.get("Retry-After")]).toEqual([503, "unresolved", "1"]);
    expect([units, movements]).toEqual([{ BLR: [10, 0, 4] }, ["receive 10", "reserve 4", "allocate 4"]]);
    expect([again.status, again.body]).toMatchObject([200, { previous_stock: 6, new_stock: 6 }]);
    expect((await allMovementsOf(rice)).slice(3)).toEqual(["ship 4", "count 0"]);
  });
});

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import { derivedId, derivedToken } from "../../../src/ids.ts";
import { sweep } from "../../../src/cron.ts";
import {
  bodyOf,
  cancel,
  footprint,
  inStock,
  lineOf,
  newKey,
  type OrderBody,
  ORDERS,
  placed,
  send,
  show,
  unitsOf,
} from "../../support/orders/http.ts";
import { receive } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);
afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;

/** Runs the cron's sweep at a time from now. */
async function sweepIn(ms: number): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  await sweep(bindDeps(env, { waitUntil: () => {} }).deps);
  vi.useRealTimers();
}

describe("an order sent again with its Idempotency-Key", () => {
  it("is the same order, takes its units once, and is marked as a replay", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];

    const first = await send<OrderBody>(bodyOf([rice]), { key });
    const again = await send<OrderBody>(bodyOf([rice]), { key });

    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get("Idempotency-Replayed"))).toEqual([null, "true"]);
    expect(again.headers.get("Location")).toBe(`${ORDERS}/${first.body.order_id}`);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 1] }));
  });

  it("is the same for any order of its members, and with unknown ones added", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];
    const first = await placed(
      { customer_name: "Asha", items: [{ product_id: rice, quantity: 1 }], payment_method: "cod" },
      { key },
    );

    const again = await placed({ items: [{ unit_price: 1, quantity: 1, product_id: rice }], customer_name: "Asha" }, { key });

    expect(again.order_id).toBe(first.order_id);
  });

  it("shows the order in its present state", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];
    const { order_id: orderId, order_token: token } = await placed(bodyOf([rice]), { key });
    await cancel(orderId, { token });

    const again = await send(bodyOf([rice]), { key });

    expect([again.status, again.body.status]).toEqual([201, "CANCELLED"]);
  });

  it("is one order, for any number of requests at once", async ({ expect }) => {
    const [rice, key] = [await inStock(9), newKey()];

    const answers = await Promise.all(Array.from({ length: 8 }, () => send<OrderBody>(bodyOf([rice]), { key })));

    const undecided = answers.filter(({ status }) => status === 503);
    const decided = answers.filter(({ status }) => status === 201);
    expect(undecided.length + decided.length).toBe(8);
    expect(new Set(decided.map(({ body }) => body.order_id)).size).toBe(1);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [9, 0, 1] }));
  });

  it("is another order for an admin than for a guest with the same key", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];

    const [guest, admin] = [await placed(bodyOf([rice]), { key }), await placed(bodyOf([rice]), { key, admin: true })];

    expect(admin.order_id).not.toBe(guest.order_id);
  });

  it("has an id that is derived from the key and that only this shop can compute", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];

    const { order_id: orderId } = await placed(bodyOf([rice]), { key });

    expect(orderId).toBe(`ORD${await derivedId("test-id-secret-0123456789", "guest", `POST ${ORDERS}`, key)}`);
    expect(orderId).not.toBe(`ORD${await derivedId("another-secret-0123456789", "guest", `POST ${ORDERS}`, key)}`);
  });
});

describe("a refused order sent again with its Idempotency-Key", () => {
  it("is refused in the same way for 24 hours, even when there is stock again, and may be placed afterwards", async ({
    expect,
  }) => {
    const [rice, key] = [await inStock(1), newKey()];
    const first = await send(bodyOf([lineOf(rice, 3)]), { key });
    await receive(rice, 9);

    const again = await send(bodyOf([lineOf(rice, 3)]), { key });
    await sweepIn(23 * HOUR_MS);
    const onTheDay = await send(bodyOf([lineOf(rice, 3)]), { key });
    await sweepIn(24 * HOUR_MS + 60_000);
    const dayAfter = await send(bodyOf([lineOf(rice, 3)]), { key });

    const { request_id: _, ...problem } = first.body;
    expect([first.status, again.status, onTheDay.status, dayAfter.status]).toEqual([409, 409, 409, 201]);
    expect(again.body).toMatchObject(problem);
    expect(problem.stock_errors).toMatchObject([{ requested_quantity: 3, available_stock: 1 }]);
    expect([first, again].map(({ headers }) => headers.get("Idempotency-Replayed"))).toEqual([null, "true"]);
    expect(dayAfter.headers.get("Idempotency-Replayed")).toBeNull();
  });

  it("keeps the refusal of an unknown product too, as one row", async ({ expect }) => {
    const key = newKey();
    const before = await footprint();

    const [first, again] = [await send(bodyOf(["nothing"]), { key }), await send(bodyOf(["nothing"]), { key })];

    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([409, 409, "true"]);
    const fences = (rows: typeof before.rows) => rows.find(([table]) => table === "fences")?.[1];
    expect(Number(fences((await footprint()).rows)) - Number(fences(before.rows))).toBe(1);
  });

  it("is not kept where the request itself was wrong", async ({ expect }) => {
    const [rice, key] = [await inStock(1), newKey()];
    const before = await footprint(rice);

    const wrong = await send(bodyOf([lineOf(rice, 0)]), { key });
    const abroad = await send(bodyOf([rice], { country: "US" }), { key });

    expect([wrong.status, abroad.status]).toEqual([422, 422]);
    expect(await footprint(rice)).toEqual(before);
    expect((await send(bodyOf([rice]), { key })).status).toBe(201);
  });

  it("refuses another body under the key", async ({ expect }) => {
    const [rice, key] = [await inStock(1), newKey()];
    await send(bodyOf([lineOf(rice, 3)]), { key });

    const { status, body } = await send(bodyOf([rice]), { key });

    expect([status, body.code]).toEqual([422, "idempotency_key_reused"]);
  });
});

describe("the token of an order", () => {
  it("is derived from its id by TOKEN_SECRET, and opens no other order", async ({ expect }) => {
    const rice = await inStock(2);
    const [mine, theirs] = [await placed(bodyOf([rice])), await placed(bodyOf([rice]))];

    expect(mine.order_token).toBe(await derivedToken("test-token-secret-0123456789", mine.order_id));
    expect((await show(theirs.order_id, { token: mine.order_token })).status).toBe(404);
  });

  it("is accepted under the previous secret during a rotation, and under no other", async ({ expect }) => {
    // An isolate parses its settings once per D1 binding: another proxy of it is another deployment of the same shop.
    const rotated = {
      ...env,
      DB: new Proxy(env.DB, {}),
      TOKEN_SECRET: "the-newest-secret-0123456789",
      TOKEN_SECRET_PREVIOUS: "test-token-secret-0123456789",
    };
    const { deps } = bindDeps(rotated, { waitUntil: () => {} });
    const orderId = "ORD0123456789ABCDEFGHJKMNPQR";

    const accepted = await Promise.all(
      ["the-newest-secret-0123456789", "test-token-secret-0123456789", "a-forgotten-secret-0123456789"].map(async (secret) =>
        deps.isTokenOf(await derivedToken(secret, orderId), orderId),
      ),
    );

    expect(accepted).toEqual([true, true, false]);
    expect(await deps.tokenOf(orderId)).toBe(await derivedToken("the-newest-secret-0123456789", orderId));
  });
});

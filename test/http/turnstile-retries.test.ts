import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import type { Database } from "../../src/db/client.ts";
import { shopWithTurnstile } from "../support/http/turnstile.ts";
import { bodyOf, inStock, newKey, ORDERS, type OrderBody, read, unitsOf } from "../support/orders/http.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

const CARTS = "/api/v1/carts";
const USERS = "/api/v1/users";

/** D1 whose first batch of a name is lost, or takes effect although its answer is lost. */
function brokenAt(name: string, isDone: boolean): Database {
  const { db } = bindDeps(env, createExecutionContext()).deps;
  let isBroken = false;
  return {
    batch: async (each, queries) => {
      if (each !== name || isBroken) return db.batch(each, queries);
      isBroken = true;
      if (isDone) await db.batch(each, queries);
      throw new Error("D1_ERROR: Network connection lost.");
    },
  };
}

describe("a retry of a request that passed Turnstile", () => {
  it.for([false, true])("under its key gets the order that it made, whether it was recorded: %s", async (isDone, { expect }) => {
    const { post, solved, requests } = shopWithTurnstile(undefined, { db: brokenAt("record", isDone) });
    const rice = await inStock(5);
    const sent = { token: solved(), key: newKey() };

    const first = await post(ORDERS, bodyOf([rice]), sent);
    const again = await read<OrderBody>(await post(ORDERS, bodyOf([rice]), sent));
    const once = await read<OrderBody>(await post(ORDERS, bodyOf([rice]), sent));

    // The lost answer of a record is resolved within the request.
    expect([first.status, again.status, once.status]).toEqual([isDone ? 201 : 503, 201, 201]);
    expect(once.body.order_id).toBe(again.body.order_id);
    const keys = new Set(requests.map(({ form }) => form.idempotency_key));
    expect([requests.length, keys.size]).toEqual([isDone ? 1 : 2, 1]);
    expect([...keys][0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("under its key is answered long after the token has expired, without asking Turnstile again", async ({ expect }) => {
    const { post, solved, forget, requests } = shopWithTurnstile();
    const rice = await inStock(5);
    const [token, key] = [solved(), newKey()];
    const order = await read<OrderBody>(await post(ORDERS, bodyOf([rice]), { token, key }));
    const cartKey = newKey();
    const cart = await read<{ cart_id: string }>(await post(CARTS, {}, { token: solved(), key: cartKey }));
    forget(token);

    const again = await read<OrderBody>(await post(ORDERS, bodyOf([rice]), { token, key }));
    const cartAgain = await read<{ cart_id: string }>(await post(CARTS, {}, { key: cartKey }));

    expect([again.status, again.body.order_id]).toEqual([201, order.body.order_id]);
    expect([cartAgain.status, cartAgain.body.cart_id]).toEqual([201, cart.body.cart_id]);
    expect(requests).toHaveLength(2);
  });

  it("under its key passes with a new token where it was not recorded and the first one has expired", async ({ expect }) => {
    const { post, solved, forget } = shopWithTurnstile(undefined, { db: brokenAt("record", false) });
    const rice = await inStock(5);
    const [token, key] = [solved(), newKey()];
    await post(ORDERS, bodyOf([rice]), { token, key });
    forget(token);

    const expired = await post(ORDERS, bodyOf([rice]), { token, key });
    const renewed = await post(ORDERS, bodyOf([rice]), { token: solved(), key });

    expect([expired.status, renewed.status]).toEqual([403, 201]);
  });

  it("twice at once under its key is one order, and passes", async ({ expect }) => {
    const { post, solved } = shopWithTurnstile();
    const rice = await inStock(5);
    const sent = { token: solved(), key: newKey() };

    const answers = await Promise.all([1, 2].map(async () => read<OrderBody>(await post(ORDERS, bodyOf([rice]), sent))));

    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(new Set(answers.map(({ body }) => body.order_id)).size).toBe(1);
    const [, ...taken] = (await unitsOf(rice)).BLR ?? [];
    expect(taken.reduce((sum, units) => sum + units, 0)).toBe(1);
  });

  it("under another key, or on another route, is another request and does not pass with its token", async ({ expect }) => {
    const { post, solved } = shopWithTurnstile();
    const rice = await inStock(5);
    const [token, key] = [solved(), newKey()];
    await post(ORDERS, bodyOf([rice]), { token, key });

    const others = [
      await post(ORDERS, bodyOf([rice]), { token, key: newKey() }),
      await post(ORDERS, bodyOf([rice]), { token }),
      await post(CARTS, {}, { token, key }),
    ];

    expect(others.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  it("of a registration says that the address is taken, as without Turnstile", async ({ expect }) => {
    const { post, solved } = shopWithTurnstile();
    const token = solved();
    const person = { email: `${newId("asha")}@example.com`, password: "correct horse battery", name: "Asha" };

    const first = await post(USERS, person, { token });
    const again = await post(USERS, person, { token });
    const other = await post(USERS, { ...person, email: `${newId("dev")}@example.com` }, { token });

    expect([first.status, again.status, other.status]).toEqual([201, 409, 403]);
  });
});

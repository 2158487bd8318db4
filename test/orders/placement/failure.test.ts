import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { bodyOf, cancel, inStock, newKey, placed, type ProblemBody, send, show, unitsOf } from "../../support/orders/http.ts";
import { product } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);
afterEach(() => void vi.restoreAllMocks());

const SECRET = "SECRET-of-the-inside";

/** Makes the next calls of D1 fail by a bug instead of a missing answer. */
function breakD1(times = 1): void {
  const spy = vi.spyOn(env.DB, "batch");
  for (let each = 0; each < times; each += 1) {
    const cause = new Error(`D1_ERROR: no such column: ${SECRET}: SQLITE_ERROR`);
    spy.mockRejectedValueOnce(new Error(`Failed query: SELECT ${SECRET} params: ${SECRET}`, { cause }));
  }
}

describe("an unexpected failure", () => {
  it.for([
    ["placing", () => send(bodyOf(["any"]))],
    ["showing", () => show<ProblemBody>("ORD1", { admin: true })],
  ] as const)("while %s answers 500 with a request_id and no inner text, and is logged with it", async ([, ask], { expect }) => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => {});
    breakD1();

    const { status, headers, body } = await ask();

    expect(status).toBe(500);
    expect(body).toEqual({
      type: "/docs/errors#internal_error",
      title: "Internal error",
      status: 500,
      code: "internal_error",
      detail: "Internal error. The log has the details under the request id.",
      request_id: headers.get("X-Request-Id"),
    });
    expect(JSON.stringify([body, ...headers])).not.toContain(SECRET);
    const line = logged.mock.calls.map(([text]) => String(text)).find((text) => text.includes(String(body.request_id)));
    expect(line).toContain(`D1_ERROR: no such column: ${SECRET}`);
  });

  it("that looks like a refusal is answered in the same way", async ({ expect }) => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const odd = [
      new TypeError(SECRET),
      Object.assign(new Error(SECRET), { name: "HTTPException", status: 418, message: SECRET }),
      Object.assign(new Error(SECRET), { getResponse: () => new Response(SECRET, { status: 418 }) }),
      Object.assign(new Error(SECRET), { name: "Refusal", code: "not_found", errors: [{ field: SECRET, message: SECRET }] }),
    ];

    for (const thrown of odd) {
      vi.spyOn(env.DB, "batch").mockRejectedValueOnce(thrown);
      const { status, headers, body } = await send(bodyOf(["any"]));
      expect([status, body.code]).toEqual([500, "internal_error"]);
      expect(JSON.stringify([body, ...headers])).not.toContain(SECRET);
    }
  });
});

describe("an order whose record fails", () => {
  it("is unresolved: 503 with Retry-After, and the same key resolves it", async ({ expect }) => {
    const [rice, key] = [await inStock(1), newKey()];
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch").mockImplementationOnce(real).mockRejectedValueOnce(new Error(SECRET));

    const { status, headers, body } = await send(bodyOf([rice]), { key });

    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "unresolved", "1"]);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    vi.restoreAllMocks();
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [1, 0] }));
    expect((await send(bodyOf([rice]), { key })).status).toBe(201);
  });

  it("is an order where only the answer of D1 was lost", async ({ expect }) => {
    const rice = await inStock(1);
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch")
      .mockImplementationOnce(real)
      .mockImplementationOnce(async (statements) => {
        await real(statements);
        throw new Error(SECRET);
      });

    const order = await placed(bodyOf([rice]));

    vi.restoreAllMocks();
    expect((await show(order.order_id, { token: order.order_token })).body.status).toBe("PENDING");
    const fences = env.DB.prepare("SELECT id FROM fences WHERE id LIKE ? || '%'").bind(order.order_id);
    expect((await fences.all()).results).toEqual([]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [1, 0, 1] }));
  });

  it("is unresolved where D1 stays silent, and nothing is released on a guess", async ({ expect }) => {
    const rice = await inStock(1);
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch")
      .mockImplementationOnce(real)
      .mockRejectedValueOnce(new Error(SECRET))
      .mockRejectedValueOnce(new Error(SECRET));

    const { status, body } = await send(bodyOf([rice]));

    expect([status, body.code]).toEqual([503, "unresolved"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [1, 1] });
  });
});

describe("a cancellation that D1 does not confirm", () => {
  it.for([
    ["without a key is not to be sent again blindly", undefined, null],
    ["with a key is to be sent again with it", "3f1c7e5a-6f0e-4a53-9f2b-0a8f2c9f4d11", "1"],
  ] as const)("%s, and changed nothing", async ([, key, retryAfter], { expect }) => {
    const { order_id: orderId, order_token: token } = await placed(bodyOf([await inStock(1)]));
    const real = env.DB.batch.bind(env.DB);
    const reads = vi.spyOn(env.DB, "batch").mockImplementation((statements) => {
      if (statements.length > 2) return Promise.reject(new Error(SECRET));
      return real(statements);
    });
    const options = { token, ...(key === undefined ? {} : { key }) };

    const { status, headers, body } = await cancel<ProblemBody>(orderId, options);
    reads.mockRestore();

    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "unresolved", retryAfter]);
    expect((await cancel(orderId, options)).status).toBe(200);
  });
});

describe("a refusal that D1 does not keep", () => {
  it("is not answered to a caller with a key, because a retry might get another answer", async ({ expect }) => {
    const [{ productId: rice }, key] = [await product(), newKey()];
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch").mockImplementationOnce(real).mockRejectedValueOnce(new Error(SECRET));

    const keyed = await send(bodyOf([rice]), { key });
    const keyless = await send(bodyOf([rice]));

    expect([keyed.status, keyed.body.code, keyless.status]).toEqual([503, "unresolved", 409]);
  });
});

describe("an order whose outcome D1 does not report", () => {
  /** Loses the answers of D1 from one call on. */
  function loseAnswersFrom(first: number): void {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const batch = env.DB.batch.bind(env.DB);
    let calls = 0;
    vi.spyOn(env.DB, "batch").mockImplementation(async (statements) => {
      calls += 1;
      const results = await batch(statements);
      if (calls >= first) throw new Error("D1_ERROR: Network connection lost.");
      return results;
    });
  }

  it("asks for an immediate retry with its key", async ({ expect }) => {
    const rice = await inStock(2);
    loseAnswersFrom(2);

    const { status, headers, body } = await send(bodyOf([rice]), { key: newKey() });

    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "unresolved", "1"]);
    expect(body.detail).toContain("with the same Idempotency-Key");
  });

  it("asks to look first without a key, because the order may exist", async ({ expect }) => {
    const rice = await inStock(2);
    loseAnswersFrom(2);

    const { status, headers, body } = await send(bodyOf([rice]));

    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "unresolved", null]);
    expect(body.detail).toContain("Check whether it took effect");
  });

  it("is unresolved with a key even when only the first batch was lost, because an earlier attempt may have placed it", async ({
    expect,
  }) => {
    const rice = await inStock(2);
    const key = newKey();
    await placed(bodyOf([rice]), { key });
    loseAnswersFrom(1);

    const { status, body } = await send(bodyOf([rice]), { key });

    expect([status, body.code]).toEqual([503, "unresolved"]);
  });
});

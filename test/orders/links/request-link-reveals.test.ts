import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { requestLink } from "../../../src/orders/links/request-link.ts";
import { userOf } from "../../support/accounts/accounts.ts";
import { faultyWorker } from "../../support/faults.ts";
import { appWith } from "../../support/http/app.ts";
import { del } from "../../support/http/requests.ts";
import { shopWithTurnstile } from "../../support/http/turnstile.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import { newKey, ORDERS, type ProblemBody } from "../../support/orders/http.ts";
import { bought, openLinkShop, request, requestsOf, told } from "../../support/orders/links.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

const MISSING = "ORD00000000000000000000000000";

beforeAll(async () => {
  await openShop();
  await openLinkShop();
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("what a request for a link reveals", () => {
  /** Everything that a client can see, but for what is its own: ids of requests and times. */
  function seen({ status, headers, body }: { status: number; headers: Headers; body: unknown }) {
    const shown = [...headers].filter(([name]) => name !== "x-request-id").map(([name, value]) => `${name}: ${value}`);
    return { status, body: JSON.stringify(body), headers: shown };
  }

  /** The batches of a request before its answer, with how many statements each has. */
  async function workOf(asked: { orderId: string; email: string }, isKeyed: boolean): Promise<string[]> {
    const { deps } = faultyWorker();
    const calls: string[] = [];
    const batch: Deps["db"]["batch"] = (name, queries) => {
      calls.push(`${name} ${Object.values(queries).flatMap((each) => each ?? []).length}`);
      return deps.db.batch(name, queries);
    };
    const keyed = isKeyed ? { id: newId("key"), requestHash: "hash" } : undefined;
    await requestLink({ ...deps, db: { batch }, defer: () => {} }, keyed, asked);
    return calls;
  }

  it.for([["no key"], ["a key"]])(
    "is the same for each order and address, byte by byte, hop by hop, with %s",
    async ([how], { expect }) => {
      const { orderId, email } = await bought();
      const [deleted, nameless] = [await bought(), await bought({ customer_email: undefined })];
      await del(`${ORDERS}/${deleted.orderId}`, ADMIN);
      const isKeyed = how === "a key";
      const cases = [
        [orderId, email],
        [orderId, email],
        [orderId, "other@example.com"],
        [MISSING, email],
        [deleted.orderId, deleted.email],
        [nameless.orderId, email],
      ] as const;

      const answers = [];
      const work = [];
      for (const [id, address] of cases) {
        work.push(await workOf({ orderId: id, email: address }, isKeyed));
        answers.push(seen(await request(id, address, isKeyed ? { key: newKey() } : {})));
      }

      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({
        status: 202,
        headers: expect.arrayContaining([`server-timing: hops;desc="${isKeyed ? 3 : 2}"`]),
      });
      expect(new Set(work.map((calls) => JSON.stringify(calls))).size).toBe(1);
      expect(work[0]).toEqual([...(isKeyed ? ["kept answer 1"] : []), "show order 2", `write once ${isKeyed ? 3 : 2}`]);
      expect(await requestsOf(orderId)).toHaveLength(1);
      for (const { orderId: other } of [deleted, nameless])
        expect([await requestsOf(other), await told(other)]).toEqual([[], []]);
    },
  );

  it("is the same where D1 is silent", async ({ expect }) => {
    const { orderId, email } = await bought();
    vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: Network connection lost."));

    const answers = [await request<ProblemBody>(orderId, email), await request<ProblemBody>(MISSING, email)];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [503, "unavailable"],
      [503, "unavailable"],
    ]);
  });
});

describe("requests for links, where RATE_LIMITS is on,", () => {
  it("are limited per address over all orders, and per order over all addresses", async ({ expect }) => {
    const limiter = (allowed: number) => {
      const asked: string[] = [];
      const limit = async ({ key }: { key: string }) => ({
        success: asked.push(key) && asked.filter((each) => each === key).length <= allowed,
      });
      return { asked, limiter: { limit } as unknown as RateLimit };
    };
    const [byAddress, byOrder] = [limiter(3), limiter(2)];
    const ask = appWith({ rateLimits: true }, {}, { ADDRESS_LIMITER: byAddress.limiter, SIGN_IN_LIMITER: byOrder.limiter });
    const from = async (address: string, orderId: string) => {
      const headers = { "Content-Type": "application/json", "CF-Connecting-IP": address };
      const init = { method: "POST", headers, body: JSON.stringify({ email: "asha@example.com" }) };
      const response = await ask(`${ORDERS}/${orderId}/request-link`, init);
      return response.status === 429 ? `${response.headers.get("Retry-After")} s` : response.status;
    };

    const answers = [
      await from("203.0.113.1", "ORD1"),
      await from("203.0.113.2", "ORD1"),
      await from("203.0.113.3", "ORD1"),
      await from("203.0.113.1", "ORD2"),
      await from("203.0.113.1", "ORD3"),
      await from("203.0.113.1", "ORD4"),
    ];

    expect(answers).toEqual([202, 202, "60 s", 202, 202, "60 s"]);
    expect(byAddress.asked.slice(0, 2)).toEqual(["request_link 203.0.113.1", "request_link 203.0.113.2"]);
    expect(byOrder.asked.slice(0, 2)).toEqual(["request_link ORD1", "request_link ORD1"]);
  });
});

describe("requests for links in a shop that uses Turnstile", () => {
  it("need a guest's token of its widget, whatever the order, and a repeat with the key may send it again", async ({
    expect,
  }) => {
    const { post: ask, solved } = shopWithTurnstile();
    const { orderId, email } = await bought();
    const path = `${ORDERS}/${orderId}/request-link`;
    const [token, key] = [solved(), newKey()];

    const without = [await ask(path, { email }), await ask(`${ORDERS}/${MISSING}/request-link`, { email })];
    const answers = [await ask(path, { email }, { token, key }), await ask(path, { email }, { token, key })];
    const spent = await ask(path, { email }, { token });

    expect(without.map(({ status }) => status)).toEqual([403, 403]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(spent.status).toBe(403);
    expect(await requestsOf(orderId)).toHaveLength(1);
  });

  it("need none of a signed-in customer", async ({ expect }) => {
    const { post: ask } = shopWithTurnstile();
    const { orderId, email } = await bought();

    const answer = await ask(`${ORDERS}/${orderId}/request-link`, { email }, { bearer: (await userOf()).token });

    expect(answer.status).toBe(202);
  });
});

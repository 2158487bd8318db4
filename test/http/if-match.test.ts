import { beforeAll, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { openedAlert } from "../support/events/alerts.ts";
import { madeEndpoint } from "../support/events/webhooks.ts";
import { del, get, patch, post, put } from "../support/http/requests.ts";
import { bodyOf, inStock, newKey, ORDERS, placed } from "../support/orders/http.ts";
import { postRule } from "../support/pricing/pricing.ts";
import { product } from "../support/shop/shop.ts";
import { openShop } from "../support/shop/warehouses.ts";

const ADMIN = { admin: true };

beforeAll(openShop);

/** A record that staff edit: where it is read, and a change of it. No two changes are alike. */
interface Edited {
  path: string;
  change: (text: string, options: { headers?: Record<string, string>; key?: string }) => Promise<Response>;
}

function patched(path: string, field: string): Edited {
  return { path, change: (text, options) => patch(path, { [field]: text }, { ...ADMIN, ...options }) };
}

/** The path of an alert, and its acknowledgement with a note. */
async function acknowledged(): Promise<Edited> {
  const path = `/api/v1/alerts/${await openedAlert()}`;
  return { path, change: (note, options) => post(`${path}/acknowledge`, { note }, { ...ADMIN, ...options }) };
}

const RATE = { country: "LK", category: null };

const RECORDS: [string, () => Promise<Edited>][] = [
  ["a product", async () => patched(`/api/v1/products/${(await product()).productId}`, "name")],
  ["an order", async () => patched(`${ORDERS}/${(await placed(bodyOf([await inStock(1)]))).order_id}`, "staff_note")],
  ["a user", async () => patched(`/api/v1/users/${(await userOf()).userId}`, "name")],
  ["the note of an alert", acknowledged],
  ["a warehouse", () => Promise.resolve(patched("/api/v1/warehouses/MUM", "name"))],
  ["a webhook endpoint", async () => patched(`/api/v1/webhook-endpoints/${(await madeEndpoint()).endpoint_id}`, "description")],
  [
    "a pricing rule",
    async () => {
      return patched(`/api/v1/pricing-rules/${(await postRule()).rule_id}`, "name");
    },
  ],
  [
    "a delivery method",
    () => {
      const path = "/api/v1/delivery/methods/in_door";
      return Promise.resolve({
        path,
        change: (name, options) => put(path, { name, cost: 99, days: 2 }, { ...ADMIN, ...options }),
      });
    },
  ],
  [
    "the tax rates",
    () => {
      const path = "/api/v1/tax-rates";
      const rates: Record<string, number> = { first: 100, second: 200, third: 300, one: 400, another: 500, keyed: 600 };
      const rate = (text: string) => ({ ...RATE, rate_bps: rates[text] });
      return Promise.resolve({ path, change: (text, options) => put(path, rate(text), { ...ADMIN, ...options }) });
    },
  ],
];

async function etagOf(path: string): Promise<string> {
  return (await get(path, ADMIN)).headers.get("ETag") ?? "";
}

describe.for(RECORDS)("%s", ([, made]) => {
  it("is changed under the ETag that was read, once: then the ETag is another", async ({ expect }) => {
    const { path, change } = await made();
    const read = await etagOf(path);

    const first = await change("first", { headers: { "If-Match": read } });
    const stale = await change("second", { headers: { "If-Match": read } });
    const now = await etagOf(path);

    expect(read).toMatch(/^"[^"]+"$/);
    expect([first.status, stale.status]).toEqual([200, 412]);
    expect(await stale.json()).toMatchObject({ code: "precondition_failed", etag: now });
    expect(now).not.toBe(read);
    expect((await change("third", { headers: { "If-Match": `"other", ${now}` } })).status).toBe(200);
  });

  it("is changed by one of two who read the same", async ({ expect }) => {
    const { path, change } = await made();
    const headers = { "If-Match": await etagOf(path) };

    const answers = await Promise.all([change("one", { headers }), change("another", { headers })]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });

  it("is not changed again by a repeat with its key, which answers as the first did", async ({ expect }) => {
    const { path, change } = await made();
    const options = { headers: { "If-Match": await etagOf(path) }, key: newKey() };

    const answers = [await change("keyed", options), await change("keyed", options)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[1]?.headers.get("Idempotency-Replayed")).toBe("true");
  });
});

describe("If-Match", () => {
  it("takes `*` for any record, and an ETag that a proxy made weak", async ({ expect }) => {
    const { path, change } = await (RECORDS[0]?.[1] ?? (() => Promise.reject(new Error("no record"))))();
    const weak = `W/${await etagOf(path)}`;

    expect((await change("weak", { headers: { "If-Match": weak } })).status).toBe(200);
    expect((await change("stale", { headers: { "If-Match": weak } })).status).toBe(412);
    expect((await change("any", { headers: { "If-Match": "*" } })).status).toBe(200);
  });

  it("is refused where it is no ETag, or where nothing checks it", async ({ expect }) => {
    const { productId } = await product();
    const bare = await patch(`/api/v1/products/${productId}`, { name: "x" }, { ...ADMIN, headers: { "If-Match": "7" } });
    const placing = await post(ORDERS, bodyOf([productId]), { headers: { "If-Match": '"7"' } });

    for (const response of [bare, placing])
      expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field: "If-Match" }] });
  });

  it("protects against a deletion too", async ({ expect }) => {
    const { endpoint_id: endpointId } = await madeEndpoint();
    const path = `/api/v1/webhook-endpoints/${endpointId}`;
    const read = await etagOf(path);
    await patch(path, { description: "changed" }, ADMIN);

    expect((await del(path, { ...ADMIN, headers: { "If-Match": read } })).status).toBe(412);
    expect((await del(path, { ...ADMIN, headers: { "If-Match": await etagOf(path) } })).status).toBe(200);
  });
});

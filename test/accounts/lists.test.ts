import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { costOf } from "../support/cost/cost.ts";
import { get } from "../support/http/requests.ts";

const MANY = 500;
const LIMIT = 20;
const ADMIN = { admin: true };

interface Page {
  users?: { user_id: string; role: string; email: string }[];
  api_keys?: { key_id: string }[];
  next_cursor: string | null;
}

// Ten in each millisecond, so that a page ends among users of one time; every tenth is staff.
beforeAll(async () => {
  const numbers = `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MANY}) `;
  await env.DB.batch([
    env.DB
      .prepare(`${numbers} INSERT INTO users SELECT 'u-' || n, 'u-' || n || '@example.com', 'Asha', iif(n % 10 = 0, 'staff', 'customer'),
      'standard', 'active', 'h', 's', 'p', n / 10, 1 FROM numbers`),
    env.DB
      .prepare(`${numbers} INSERT INTO api_keys SELECT 'k-' || n, 'hash ' || n, 'Scanner', '["orders:list"]', NULL, NULL, NULL, 'admin',
      n / 10 FROM numbers`),
  ]);
});

async function pageOf(path: string): Promise<{ page: Page; rowsRead: number }> {
  const response = await get(path, ADMIN);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const page = await response.json<Page>();
  return { page, rowsRead: costOf(response).rowsRead };
}

async function pagesOf(path: string): Promise<{ page: Page; rowsRead: number }[]> {
  const pages = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const next = await pageOf(`${path}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    pages.push(next);
    cursor = next.page.next_cursor;
  }
  return pages;
}

describe("the list of users", () => {
  it("has every user once, newest first, at the same cost for every page", async ({ expect }) => {
    const pages = await pagesOf(`/api/v1/users?limit=${LIMIT}`);

    const ids = pages.flatMap(({ page }) => page.users ?? []).map((user) => user.user_id);
    const times = ids.map((id) => Math.floor(Number(id.slice(2)) / 10));
    expect([ids.length, new Set(ids).size]).toEqual([MANY, MANY]);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(Math.max(...pages.map(({ rowsRead }) => rowsRead))).toBeLessThanOrEqual(3 * LIMIT + 10);
  });

  it("finds all users of a role, over pages that may be short, at the same cost", async ({ expect }) => {
    const pages = await pagesOf(`/api/v1/users?limit=${LIMIT}&role=staff`);

    const found = pages.flatMap(({ page }) => page.users ?? []);
    expect(found.map(({ role }) => role)).toEqual(Array.from({ length: MANY / 10 }, () => "staff"));
    expect(Math.max(...pages.map(({ rowsRead }) => rowsRead))).toBeLessThanOrEqual(3 * LIMIT + 10);
  });

  it("finds a user by e-mail in any spelling, without reading others", async ({ expect }) => {
    const { page, rowsRead } = await pageOf("/api/v1/users?email=U-250@Example.com");

    expect(page).toMatchObject({ users: [{ user_id: "u-250" }], next_cursor: null });
    expect(rowsRead).toBeLessThanOrEqual(5);
    expect((await pageOf("/api/v1/users?email=nobody@example.com")).page).toEqual({ users: [], next_cursor: null });
    expect((await pageOf("/api/v1/users?email=u-250@example.com&role=customer")).page.users).toEqual([]);
  });

  it("shows no password's hash", async ({ expect }) => {
    const { email } = await userOf();

    const text = JSON.stringify((await pageOf(`/api/v1/users?email=${email}`)).page);

    expect(Object.keys((JSON.parse(text) as Page).users?.[0] ?? {}).toSorted()).toEqual(
      ["created_at", "email", "name", "role", "status", "tier", "updated_at", "user_id"].toSorted(),
    );
  });
});

describe("the list of keys", () => {
  it("has every key once, newest first, at the same cost for every page, and no secret", async ({ expect }) => {
    const { keyId, key } = await keyOf([]);

    const pages = await pagesOf(`/api/v1/api-keys?limit=${LIMIT}`);

    const ids = pages.flatMap(({ page }) => page.api_keys ?? []).map((each) => each.key_id);
    expect([ids[0], ids.length, new Set(ids).size]).toEqual([keyId, MANY + 1, MANY + 1]);
    expect(Math.max(...pages.map(({ rowsRead }) => rowsRead))).toBeLessThanOrEqual(3 * LIMIT + 10);
    expect(JSON.stringify(pages)).not.toContain(key);
    expect(JSON.stringify(pages)).not.toContain("hash");
  });
});

describe("a cursor", () => {
  it.for([
    ["no cursor at all", "nonsense"],
    ["a row of another list", btoa("7")],
    ["a key of other types", btoa(`["1","u-1"]`)],
    ["half a key", btoa("[1]")],
    ["an id too long", btoa(JSON.stringify([1, "x".repeat(100)]))],
    ["text of 10 KB", "x".repeat(10_240)],
  ] as const)("that is %s is refused by both lists", async ([, cursor], { expect }) => {
    for (const list of ["users", "api-keys"]) {
      const response = await get(`/api/v1/${list}?cursor=${encodeURIComponent(cursor)}`, ADMIN);
      expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field: "cursor" }] });
    }
  });

  it.for(["limit=0", "limit=101", "limit=x", "role=owner", "email=nobody"])(
    "nor a bad parameter: %s",
    async (query, { expect }) => {
      expect((await get(`/api/v1/users?${query}`, ADMIN)).status).toBe(422);
    },
  );
});

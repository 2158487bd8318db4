import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { type AuditIndex, findAuditWindow } from "../../src/events/audit-queries.ts";
import { statusFor } from "../support/http/app.ts";
import { costOf } from "../support/cost/cost.ts";
import { get } from "../support/http/requests.ts";
import { planOf } from "../support/cost/plan.ts";

const ENTRIES = 5_000;
const LIMIT = 20;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 10;
/** Two entries are written in each millisecond, from here on. */
const START_MS = Date.UTC(2026, 0, 1);

/** Entry i is by actor i % 10, of record i % 100, and one in a thousand is `rare.change`. */
beforeAll(async () => {
  await env.DB.exec(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${ENTRIES}) INSERT INTO audit_log (at_ms, audit_id, actor, action, record_type, record_id, before, after, request_id) SELECT ${START_MS} + i / 2, printf('A%05d', i), 'user:' || (i % 10), iif(i % 1000 = 999, 'rare.change', 'product.change'), 'product', 'p' || (i % 100), NULL, '{"n":' || i || '}', 'r' || i FROM n`,
  );
});

interface Page {
  entries: { audit_id: string; at: string; after: { n: number } }[];
  next_cursor: string | null;
}

async function ask(query: string): Promise<{ read: number; page: Page }> {
  const response = await get(`/api/v1/audit-log?limit=${LIMIT}&${query}`, { admin: true });
  return { read: costOf(response).rowsRead, page: await response.json() };
}

/** The numbers of all entries of a query, page by page. */
async function walk(query: string): Promise<number[]> {
  const found: number[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const { page } = await ask(`${query}${cursor && `&cursor=${cursor}`}`);
    found.push(...page.entries.map(({ after }) => after.n));
    cursor = page.next_cursor;
  }
  return found;
}

const newestFirst = (fits: (i: number) => boolean) =>
  Array.from({ length: ENTRIES }, (_, index) => ENTRIES - 1 - index).filter(fits);

function timeOf(i: number): string {
  return new Date(START_MS + Math.floor(i / 2)).toISOString();
}

describe("the audit log's pages", () => {
  it.for([
    ["of a record", "record_type=product&record_id=p7", (i: number) => i % 100 === 7],
    ["of an actor", "actor=user:3", (i: number) => i % 10 === 3],
    ["of an action", "action=rare.change", (i: number) => i % 1_000 === 999],
    ["of an actor's action", "actor=user:9&action=rare.change", (i: number) => i % 1_000 === 999],
    ["of a record by an actor", "record_type=product&record_id=p7&actor=user:7", (i: number) => i % 100 === 7],
    ["of a record by another actor", "record_type=product&record_id=p7&actor=user:1", () => false],
    ["of another type", "record_type=order", () => false],
    ["from a time on", `from=${timeOf(4_950)}`, (i: number) => i >= 4_950],
    ["before a time", `to=${timeOf(50)}`, (i: number) => i < 50],
    [
      "between times, of an actor",
      `from=${timeOf(100)}&to=${timeOf(900)}&actor=user:4`,
      (i: number) => i >= 100 && i < 900 && i % 10 === 4,
    ],
  ] as const)("%s have each entry once, newest first", async ([, query, fits], { expect }) => {
    expect(await walk(query)).toEqual(newestFirst(fits));
  });

  it.for([
    ["first", ""],
    ["of a record", "record_type=product&record_id=p7"],
    ["of an actor", "actor=user:3"],
    ["of a rare action", "action=rare.change"],
    ["of what never was", "action=never&actor=user:3"],
    ["of a record by another actor", "record_type=product&record_id=p7&actor=user:1"],
    ["of a type", "record_type=product"],
    ["from the middle", `to=${timeOf(2_500)}`],
    ["of an actor, from the middle", `actor=user:3&to=${timeOf(2_500)}&from=${timeOf(10)}`],
  ] as const)(`that are %s read at most 3 rows an item and 10, of ${ENTRIES}`, async ([, query], { expect }) => {
    const { read, page } = await ask(query);

    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(BUDGET);
    expect(page.entries.length).toBeLessThanOrEqual(LIMIT);
  });

  it.for<[string, AuditIndex, string]>([
    ["all", {}, "PRIMARY KEY"],
    ["a record", { record: { type: "product", id: "p7" } }, "INDEX audit_log_record"],
    ["an actor", { actor: "user:3" }, "INDEX audit_log_actor"],
  ])("of %s are found by index, without a scan or sort", async ([, index, by], { expect }) => {
    const { statement } = findAuditWindow(index, START_MS, { atMs: START_MS + 1_000, id: "A" }, 21);

    const plan = await planOf({ statement });

    expect(plan).toEqual([expect.stringMatching(new RegExp(`^SEARCH audit_log USING ${by} .*at_ms`))]);
  });

  it("are for admins", async ({ expect }) => {
    expect((await get("/api/v1/audit-log")).status).toBe(401);
    expect(await statusFor("staff", "/api/v1/audit-log")).toBe(403);
    expect(await statusFor("admin", "/api/v1/audit-log")).toBe(200);
  });

  it.for([
    ["a record's id without its type", "record_id=p7", "record_type"],
    ["a time that is none", "from=yesterday", "from"],
    ["too large a page", "limit=101", "limit"],
    ["a cursor that is none", "cursor=x", "cursor"],
    ["a cursor of another list", `cursor=${btoa("7")}`, "cursor"],
    ["a cursor with a time before all", `cursor=${btoa('[-1,"A"]').replaceAll("=", "")}`, "cursor"],
    ["a cursor with too many parts", `cursor=${btoa('[1,"A",2]').replaceAll("=", "")}`, "cursor"],
  ] as const)("are refused for %s", async ([, query, field], { expect }) => {
    const response = await get(`/api/v1/audit-log?${query}`, { admin: true });

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });
});

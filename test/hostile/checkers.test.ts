import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { newId, product } from "../support/shop/shop.ts";
import { adjustment, newStock, runAlarm, stockOf } from "../support/stock/stock.ts";
import { schemaFaults, type Schema, type Schemas } from "./checks/json-schema.ts";
import { findLeaks } from "./checks/leaks.ts";
import { writtenBetween, installWriteCounters, readWrites } from "./checks/writes.ts";

const SCHEMAS: Schemas = {
  Base: { type: "object", properties: { id: { type: "string", minLength: 1 } }, required: ["id"] },
  More: {
    allOf: [
      { $ref: "#/components/schemas/Base" },
      { type: "object", properties: { at: { type: "string", format: "date-time" } } },
    ],
  },
};
const MORE: Schema = { $ref: "#/components/schemas/More" };

describe("schema validation", () => {
  it.for<readonly [Schema, unknown]>([
    [MORE, { id: "1", at: "2026-11-21T09:30:00.000Z" }],
    [{ anyOf: [MORE, { type: "null" }] }, null],
    [{ type: ["integer", "null"], minimum: 1 }, null],
    [{ type: "object", properties: {}, additionalProperties: {} }, { any: { thing: 1 } }],
  ])("accepts a valid value: %j", ([schema, value], { expect }) => {
    expect(schemaFaults(SCHEMAS, schema, value)).toEqual([]);
  });

  it.for<readonly [Schema, unknown, string]>([
    [MORE, {}, "$.id is missing"],
    [MORE, { id: 1 }, "$.id is 1, not string"],
    [MORE, { id: "" }, '$.id is ""'],
    [MORE, { id: "1", at: "today" }, '$.at is "today"'],
    [MORE, { id: "1", password: "x" }, "$.password is in no schema"],
    [MORE, { id: "1", ["__proto__"]: "x" }, "$.__proto__ is in no schema"],
    [{ type: "array", items: MORE, minItems: 2 }, [{ id: "1", secret: 1 }], "$[0].secret is in no schema"],
    [{ anyOf: [MORE, { type: "null" }] }, { id: 1 }, "fits 0 of 2"],
    [{ type: ["integer", "null"] }, 1.5, "$ is 1.5"],
    [{ type: "string", enum: ["a"] }, "b", "not one of a"],
    [{ type: "number", exclusiveMinimum: 0 }, 0, "$ is 0"],
    [{ type: "object", additionalProperties: { type: "integer" } }, { a: "1" }, "$.a is"],
  ])("reports a violation: %j %j", ([schema, value, fault], { expect }) => {
    expect(schemaFaults(SCHEMAS, schema, value).join()).toContain(fault);
  });

  it("throws for an unknown keyword", ({ expect }) => {
    expect(() => schemaFaults(SCHEMAS, { not: {} }, 1)).toThrow("unknown keyword not");
  });
});

describe("leak detection", () => {
  it.for([
    ["the shop's secret", env.JWT_SECRET ?? ""],
    ["SQL", "Failed: SELECT a, b FROM orders WHERE id = ?"],
    ["a parameter", "Failed query: insert params: a"],
    ["a constraint", "D1_ERROR: UNIQUE constraint failed: SQLITE_CONSTRAINT"],
    ["a stack", "Error: x\n    at showOrder (index.js:1:2)"],
    ["a file", "in src/node_modules/hono"],
    ["an e-mail", "asha@example.com is taken"],
    ["a telephone number", "call +91 98450 12345"],
    ["an access token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJVIn0.c2ln"],
    ["a key", "hfk_0123456789ABCDEF"],
  ] as const)("finds %s", ([, text], { expect }) => {
    expect([findLeaks(text, "problem").length, findLeaks(text, "log").length]).not.toContain(0);
  });

  it("finds nothing in a problem without a leak", ({ expect }) => {
    expect(findLeaks('{"detail":"items[0].quantity: Too small","request_id":"8GZBNEB57N2JMZNVWZWEZ87Y2M"}', "problem")).toEqual(
      [],
    );
  });
});

describe("the write counters", () => {
  it("count a row that is written, also without a change, and no row of a failed batch", async ({ expect }) => {
    await installWriteCounters();
    const { productId } = await product();
    const same = env.DB.prepare("UPDATE products SET name = name WHERE product_id = ?").bind(productId);
    const none = env.DB.prepare("UPDATE products SET name = NULL WHERE product_id = ?").bind(productId);

    const before = await readWrites([]);
    await env.DB.batch([same, none]).catch(() => {});
    const failed = await readWrites([]);
    await env.DB.batch([same]);

    expect(writtenBetween(before, failed)).toEqual([]);
    expect(writtenBetween(failed, await readWrites([]))).toContain("products");
  });

  it("see what an object writes, also to D1 in its alarm, and a new object", async ({ expect }) => {
    const { productId, stock } = newStock();
    const before = await readWrites([productId]);
    await stock.adjust(adjustment("receive", 1));
    const received = await readWrites([productId]);
    await runAlarm(productId);
    const flushed = await readWrites([productId]);
    await stock.levels();
    await stockOf(newId()).levels();
    const other = await readWrites([productId]);

    expect(writtenBetween(before, received)).toEqual([`the ledger of ${productId}`, `the units of ${productId}`]);
    expect(writtenBetween(received, flushed)).toContain("stock_levels");
    expect(writtenBetween(flushed, other)).toEqual(["objects"]);
  });
});

import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { product } from "../support/shop/shop.ts";
import { faultsOf, type Schema, type Schemas } from "./checks/json-schema.ts";
import { leaksIn } from "./checks/leaks.ts";
import { changesBetween, countWrites, tracesNow } from "./checks/writes.ts";

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

describe("the check of answers", () => {
  it.for<readonly [Schema, unknown]>([
    [MORE, { id: "1", at: "2026-11-21T09:30:00.000Z" }],
    [{ anyOf: [MORE, { type: "null" }] }, null],
    [{ type: ["integer", "null"], minimum: 1 }, null],
    [{ type: "object", properties: {}, additionalProperties: {} }, { any: { thing: 1 } }],
  ])("takes what fits: %j", ([schema, value], { expect }) => {
    expect(faultsOf(SCHEMAS, schema, value)).toEqual([]);
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
  ])("tells what does not: %j %j", ([schema, value, fault], { expect }) => {
    expect(faultsOf(SCHEMAS, schema, value).join()).toContain(fault);
  });

  it("fails on a keyword that it does not know", ({ expect }) => {
    expect(() => faultsOf(SCHEMAS, { not: {} }, 1)).toThrow("nobody checks not");
  });
});

describe("the search for leaks", () => {
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
    expect([leaksIn(text, "problem").length, leaksIn(text, "log").length]).not.toContain(0);
  });

  it("finds none in a problem that is none", ({ expect }) => {
    expect(leaksIn('{"detail":"items[0].quantity: Too small","request_id":"8GZBNEB57N2JMZNVWZWEZ87Y2M"}', "problem")).toEqual([]);
  });
});

describe("the count of writes", () => {
  it("sees a row that is written, also as it was, and none of a batch that failed", async ({ expect }) => {
    await countWrites();
    const { productId } = await product();
    const same = env.DB.prepare("UPDATE products SET name = name WHERE product_id = ?").bind(productId);
    const none = env.DB.prepare("UPDATE products SET name = NULL WHERE product_id = ?").bind(productId);

    const before = await tracesNow([]);
    await env.DB.batch([same, none]).catch(() => {});
    const failed = await tracesNow([]);
    await env.DB.batch([same]);

    expect(changesBetween(before, failed)).toEqual([]);
    expect(changesBetween(failed, await tracesNow([]))).toContain("products");
  });
});

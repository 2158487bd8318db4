import { describe, it } from "vitest";
import { type Action, ACTIONS, mayRole } from "../../src/rules/rights.ts";
import { type Operation, operations, readDocument } from "../support/http/openapi.ts";

const PROBLEM = { $ref: "#/components/schemas/Problem" };

/** Answers of another media type than JSON. */
const FILES: Record<string, string[]> = {
  "GET /images/{product_id}/{file}": ["image/jpeg", "image/png", "image/webp", "image/gif"],
  "GET /api/v1/fulfillments/pick-list": ["application/json", "text/csv"],
  "GET /api/v1/products/export": ["text/csv", "application/x-ndjson"],
  "GET /api/v1/inventory/counts/export": ["application/json", "text/csv"],
  "GET /api/v1/inventory/movements": ["application/json", "text/csv"],
  "GET /api/v1/inventory/products/{product_id}/movements": ["application/json", "text/csv"],
};

describe("the operations of /openapi.json", () => {
  it("have a summary and a tag each", async ({ expect }) => {
    const mute = (await operations()).filter(([, { tags, summary }]) => tags?.length !== 1 || (summary ?? "").length < 10);

    expect(mute.map(([name]) => name)).toEqual([]);
  });

  it("have a schema for every answer, the problem schema for refusals, and their failures", async ({ expect }) => {
    for (const [name, { responses }] of await operations()) {
      expect(Object.keys(responses), name).toEqual(expect.arrayContaining(["500", "503"]));
      expect(
        Object.keys(responses).some((status) => status.startsWith("2")),
        name,
      ).toBe(true);
      for (const [status, { content }] of Object.entries(responses)) {
        if (status === "204" || status === "304") continue;
        const types = status.startsWith("2") ? (FILES[name] ?? ["application/json"]) : ["application/problem+json"];
        expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual(types);
        if (!status.startsWith("2")) expect(Object.values(content ?? {})).toEqual([{ schema: PROBLEM }]);
      }
    }
  });

  it("declare the refusals of bodies, admin routes and parameters", async ({ expect }) => {
    const found = await operations();
    const without = (statuses: string[], which: (operation: Operation) => boolean) =>
      found.filter(([, each]) => which(each) && statuses.some((status) => !(status in each.responses))).map(([name]) => name);

    // Stripe's signature is of bytes, whatever type they are said to have.
    expect(without(["400", "413", "415", "422"], ({ requestBody }) => requestBody !== undefined)).toEqual([
      "POST /api/v1/webhooks/stripe",
    ]);
    expect(without(["400", "413", "422"], ({ requestBody }) => requestBody !== undefined)).toEqual([]);
    expect(without(["422"], ({ parameters = [] }) => parameters.some(({ in: place }) => place !== "header"))).toEqual([]);
    const optional = found.filter(([, { requestBody }]) => requestBody && requestBody.required !== true).map(([name]) => name);
    expect(optional).toEqual([
      "POST /api/v1/orders/{order_id}/reopen",
      "POST /api/v1/orders/{order_id}/cancel",
      "POST /api/v1/orders/{order_id}/allocations",
      "POST /api/v1/orders/{order_id}/returns/{return_id}/receive",
      "POST /api/v1/orders/{order_id}/link",
    ]);
  });

  it("name the right that each requires, the token unless it is a guest's, and who is refused", async ({ expect }) => {
    const found = await operations();
    const forGuests = found.filter(([, each]) => mayRole("guest", each["x-action"] as Action));
    const others = found.filter(([, each]) => !mayRole("guest", each["x-action"] as Action));

    expect(found.filter(([, each]) => !ACTIONS.includes(each["x-action"] as Action))).toEqual([]);
    expect([forGuests.length, others.length].every((count) => count >= 10)).toBe(true);
    for (const [name, { security }] of forGuests) expect(security, name).toEqual([{}, { bearer: [] }]);
    for (const [name, { security, responses }] of others) {
      expect(security, name).toEqual([{ bearer: [] }]);
      expect([responses["401"]?.description, responses["403"]?.description], name).toEqual([
        expect.stringContaining("`unauthenticated`"),
        expect.stringContaining("`forbidden`"),
      ]);
    }
  });

  it("have no dangling references and no duplicate operation", async ({ expect }) => {
    const document = await readDocument();
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name = ""]) => name);
    const parameters = (await operations()).flatMap(([name, { parameters: list = [] }]) =>
      [...name.matchAll(/\{(\w+)\}/g)]
        .filter(([, each]) => !list.some((one) => one.in === "path" && one.name === each && one.required === true))
        .map(() => name),
    );

    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
    expect(document.components.securitySchemes).toHaveProperty("bearer.scheme", "bearer");
    expect(parameters).toEqual([]);
  });

  it("document the errors of placing an order, code by code", async ({ expect }) => {
    const { paths } = await readDocument();
    const said = Object.values(paths["/api/v1/orders"]?.post?.responses ?? {})
      .map(({ description }) => description)
      .join("\n");

    for (const code of [
      "insufficient_stock",
      "idempotency_key_reused",
      "order_too_large",
      "country_not_served",
      "rate_limited",
      "unresolved",
    ]) {
      expect(said).toContain(`\`${code}\``);
    }
  });
});

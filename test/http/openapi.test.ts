import { describe, it } from "vitest";
import { type Action, ACTIONS, mayRole } from "../../src/rules/rights.ts";
import { get } from "../support/http.ts";

interface Operation {
  tags?: string[];
  summary?: string;
  security?: unknown[];
  "x-action"?: string;
  requestBody?: { required?: boolean };
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

const PROBLEM = { $ref: "#/components/schemas/Problem" };

/** What is answered as another thing than JSON. */
const FILES: Record<string, string[]> = {
  "GET /api/v1/products/export": ["text/csv", "application/x-ndjson"],
  "GET /api/v1/inventory/movements": ["application/json", "text/csv"],
  "GET /api/v1/inventory/products/{product_id}/movements": ["application/json", "text/csv"],
};

async function readDocument(): Promise<Document> {
  return (await get("/openapi.json")).json();
}

async function operations(): Promise<[string, Operation][]> {
  const { paths } = await readDocument();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
  );
}

describe("/openapi.json", () => {
  it("is OpenAPI 3.1 of every route that there is", async ({ expect }) => {
    const { openapi, info } = await readDocument();
    const names = (await operations()).map(([name]) => name);

    expect([openapi, info.title]).toEqual(["3.1.0", "Holdfast"]);
    expect(names.toSorted()).toEqual([
      "DELETE /api/v1/api-keys/{key_id}",
      "DELETE /api/v1/orders/{order_id}",
      "DELETE /api/v1/users/{user_id}",
      "DELETE /api/v1/webhook-endpoints/{endpoint_id}",
      "GET /api/v1/alerts",
      "GET /api/v1/api-keys",
      "GET /api/v1/audit-log",
      "GET /api/v1/delivery/options",
      "GET /api/v1/inventory/inventory/summary",
      "GET /api/v1/inventory/movements",
      "GET /api/v1/inventory/products",
      "GET /api/v1/inventory/products/low-stock",
      "GET /api/v1/inventory/products/{product_id}/availability/{quantity}",
      "GET /api/v1/inventory/products/{product_id}/movements",
      "GET /api/v1/inventory/summary",
      "GET /api/v1/inventory/transfers",
      "GET /api/v1/inventory/transfers/{transfer_id}",
      "GET /api/v1/orders",
      "GET /api/v1/orders/{order_id}",
      "GET /api/v1/orders/{order_id}/payments",
      "GET /api/v1/products",
      "GET /api/v1/products/by-barcode/{code}",
      "GET /api/v1/products/export",
      "GET /api/v1/products/{product_id}",
      "GET /api/v1/users",
      "GET /api/v1/users/me",
      "GET /api/v1/users/{user_id}",
      "GET /api/v1/warehouses",
      "GET /api/v1/warehouses/nearest",
      "GET /api/v1/webhook-endpoints",
      "GET /api/v1/webhook-endpoints/{endpoint_id}",
      "GET /api/v1/webhook-endpoints/{endpoint_id}/deliveries",
      "GET /health",
      "PATCH /api/v1/products/{product_id}",
      "PATCH /api/v1/users/{user_id}",
      "PATCH /api/v1/warehouses/{warehouse_id}",
      "PATCH /api/v1/webhook-endpoints/{endpoint_id}",
      "POST /api/v1/api-keys",
      "POST /api/v1/auth/login",
      "POST /api/v1/auth/logout",
      "POST /api/v1/auth/refresh",
      "POST /api/v1/inventory/audit",
      "POST /api/v1/inventory/counts",
      "POST /api/v1/inventory/damage",
      "POST /api/v1/inventory/products",
      "POST /api/v1/inventory/transfers",
      "POST /api/v1/inventory/transfers/{transfer_id}/receipts",
      "POST /api/v1/checkout",
      "POST /api/v1/orders",
      "POST /api/v1/orders/{order_id}/cancel",
      "POST /api/v1/orders/{order_id}/claim",
      "POST /api/v1/orders/{order_id}/payment",
      "POST /api/v1/orders/{order_id}/payment/confirm",
      "POST /api/v1/orders/{order_id}/refunds",
      "POST /api/v1/orders/{order_id}/returns",
      "POST /api/v1/products",
      "POST /api/v1/products/import",
      "POST /api/v1/users",
      "POST /api/v1/warehouses",
      "POST /api/v1/webhook-endpoints",
      "POST /api/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay",
      "POST /api/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
      "POST /api/v1/webhooks/stripe",
      "PUT /api/v1/delivery/methods/{method}",
      "PUT /api/v1/inventory/products/{product_id}/stock",
      "PUT /api/v1/orders/{order_id}",
      "PUT /api/v1/postal-codes",
      "PUT /api/v1/users/me/password",
    ]);
  });

  it("says of every operation what it does and under which heading", async ({ expect }) => {
    const mute = (await operations()).filter(([, { tags, summary }]) => tags?.length !== 1 || (summary ?? "").length < 10);

    expect(mute.map(([name]) => name)).toEqual([]);
  });

  it("gives every answer a schema, every refusal the problem's, and every operation its failures", async ({ expect }) => {
    for (const [name, { responses }] of await operations()) {
      expect(Object.keys(responses), name).toEqual(expect.arrayContaining(["500", "503"]));
      expect(
        Object.keys(responses).some((status) => status.startsWith("2")),
        name,
      ).toBe(true);
      for (const [status, { content }] of Object.entries(responses)) {
        if (status === "204") continue;
        const types = status.startsWith("2") ? (FILES[name] ?? ["application/json"]) : ["application/problem+json"];
        expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual(types);
        if (!status.startsWith("2")) expect(Object.values(content ?? {})).toEqual([{ schema: PROBLEM }]);
      }
    }
  });

  it("declares what a body, an admin's route and a parameter can be refused for", async ({ expect }) => {
    const found = await operations();
    const without = (statuses: string[], which: (operation: Operation) => boolean) =>
      found.filter(([, each]) => which(each) && statuses.some((status) => !(status in each.responses))).map(([name]) => name);

    expect(without(["400", "413", "415", "422"], ({ requestBody }) => requestBody !== undefined)).toEqual([]);
    expect(without(["422"], ({ parameters = [] }) => parameters.some(({ in: place }) => place !== "header"))).toEqual([]);
    expect(found.filter(([, { requestBody }]) => requestBody && requestBody.required !== true)).toEqual([]);
  });

  it("names the right that every operation needs, asks all but a guest's for a token, and says who is refused", async ({
    expect,
  }) => {
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

  it("refers to nothing that it does not have, and has no two operations in one place", async ({ expect }) => {
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

  it("documents the errors of an order, code by code", async ({ expect }) => {
    const { paths } = await readDocument();
    const said = Object.values(paths["/api/v1/orders"]?.post?.responses ?? {})
      .map(({ description }) => description)
      .join("\n");

    const some = "insufficient_stock idempotency_key_reused order_too_large country_not_served rate_limited unresolved";
    for (const code of some.split(" ")) {
      expect(said).toContain(`\`${code}\``);
    }
  });
});

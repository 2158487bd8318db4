import { describe, it } from "vitest";
import { get } from "../support/http.ts";

interface Operation {
  tags?: string[];
  summary?: string;
  security?: unknown[];
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
      "DELETE /api/v1/webhook-endpoints/{endpoint_id}",
      "GET /api/v1/alerts",
      "GET /api/v1/audit-log",
      "GET /api/v1/delivery/options",
      "GET /api/v1/inventory/products/{product_id}/availability/{quantity}",
      "GET /api/v1/orders/{order_id}",
      "GET /api/v1/products",
      "GET /api/v1/products/{product_id}",
      "GET /api/v1/warehouses",
      "GET /api/v1/warehouses/nearest",
      "GET /api/v1/webhook-endpoints",
      "GET /api/v1/webhook-endpoints/{endpoint_id}",
      "GET /api/v1/webhook-endpoints/{endpoint_id}/deliveries",
      "GET /health",
      "PATCH /api/v1/products/{product_id}",
      "PATCH /api/v1/warehouses/{warehouse_id}",
      "PATCH /api/v1/webhook-endpoints/{endpoint_id}",
      "POST /api/v1/orders",
      "POST /api/v1/orders/{order_id}/cancel",
      "POST /api/v1/products",
      "POST /api/v1/warehouses",
      "POST /api/v1/webhook-endpoints",
      "POST /api/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay",
      "POST /api/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
      "PUT /api/v1/delivery/methods/{method}",
      "PUT /api/v1/inventory/products/{product_id}/stock",
      "PUT /api/v1/postal-codes",
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
        const type = status.startsWith("2") ? "application/json" : "application/problem+json";
        expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual([type]);
        if (!status.startsWith("2")) expect(content?.[type]?.schema).toEqual({ $ref: "#/components/schemas/Problem" });
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

  it("asks for a token on every admin's write, and refuses it with 401", async ({ expect }) => {
    const writes = (await operations()).filter(([name]) => !name.startsWith("GET") && !name.includes("/orders"));

    expect(writes.length).toBeGreaterThanOrEqual(7);
    for (const [name, { security, responses }] of writes) {
      expect(security, name).toEqual([{ bearer: [] }]);
      expect(responses["401"], name).toBeDefined();
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

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import SwaggerParser from "@apidevtools/swagger-parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { beforeAll, describe, it } from "vitest";
import { createApp } from "../../src/app.ts";
import type { BindDeps } from "../../src/http/request.ts";
import { mayRole, type Action } from "../../src/rules/rights.ts";
import { inTemporaryFolder, runTool } from "../support/repository/commands.ts";

interface Operation {
  operationId: string;
  security: object[];
  "x-action": Action;
  parameters?: {
    name: string;
    in: string;
    schema: { example?: unknown; default?: unknown };
    required?: boolean;
    example?: unknown;
  }[];
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { headers?: object }>;
}

interface Document {
  servers: { url: string }[];
  info: { license: { identifier: string } };
  paths: Record<string, Record<string, Operation>>;
}

let text: string;
let document: Document;
let operations: Operation[];

beforeAll(async () => {
  // The document needs no binding; every request reads the settings of CORS.
  const bound = { deps: { config: { allowedOrigins: ["*"], requestLog: false } }, meter: {} };
  const app = createApp(() => bound as unknown as ReturnType<BindDeps>);
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  text = await (await app.request("/openapi.json", {}, {}, context)).text();
  document = JSON.parse(text) as Document;
  operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
});

describe("the OpenAPI document", () => {
  it("is valid for swagger-parser", async ({ expect }) => {
    const parsed = await SwaggerParser.validate(JSON.parse(text) as Parameters<typeof SwaggerParser.validate>[0]);

    expect(Object.keys(parsed.paths ?? {})).toEqual(Object.keys(document.paths));
  });

  it("has no error for redocly", { timeout: 60_000 }, async ({ expect }) => {
    const said = await inTemporaryFolder(async (folder) => {
      const file = join(folder, "openapi.json");
      writeFileSync(file, text);
      return runTool("redocly", "lint", file);
    });

    expect(said).toContain("Your API description is valid");
  });

  it("has schemas that ajv compiles, and an example for each body that fits its schema", ({ expect }) => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema({ $id: "document", ...document });
    const pointer = (path: string, method: string) =>
      `document#/paths/${encodeURIComponent(path.replaceAll("/", "~1"))}/${method}/requestBody/content/application~1json/schema`;
    const faults = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { operationId, requestBody }]) => {
        const media = requestBody?.content["application/json"];
        if (!media || operationId === "takeStripeEvent") return [];
        const check = ajv.compile({ $ref: pointer(path, method) });
        return check(media.example) ? [] : [[operationId, media.example, check.errors]];
      }),
    );

    expect(faults).toEqual([]);
  });

  it("names each operation once, its server, its licence, and who may call it", ({ expect }) => {
    const names = operations.map(({ operationId }) => operationId);
    const openTo = (operation: Operation) => operation.security.some((each) => Object.keys(each).length === 0);

    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(100);
    expect([document.servers[0]?.url, document.info.license.identifier]).toEqual(["/", "MIT"]);
    expect(operations.filter((each) => openTo(each) !== mayRole("guest", each["x-action"]))).toEqual([]);
    expect(operations.filter(({ responses }) => !responses["503"]?.headers)).toEqual([]);
  });

  it("shares no key and no filter with readers, and demands nothing that has a default", ({ expect }) => {
    const parameters = operations.flatMap(({ operationId, parameters: all = [] }) =>
      all.map((each) => ({ operationId, ...each })),
    );

    expect(parameters.filter(({ schema }) => "example" in schema)).toEqual([]);
    expect(parameters.filter((each) => "example" in each && each.in !== "path")).toEqual([]);
    expect(parameters.filter(({ schema, required }) => "default" in schema && required === true)).toEqual([]);
    expect(parameters.filter(({ name }) => name === "idempotency-key").length).toBeGreaterThan(40);
  });
});

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createApp } from "../../../src/app.ts";
import { bindDeps } from "../../../src/bind.ts";
import type { Schema, Schemas } from "./json-schema.ts";

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Schema;
}

interface DocumentedAnswer {
  description: string;
  content?: Record<string, { schema: Schema }>;
}

/** An operation of the OpenAPI document. Its name is like `GET /health`. */
export interface Operation {
  name: string;
  method: string;
  path: string;
  parameters: Parameter[];
  /** The schema of a JSON body. */
  body: Schema | undefined;
  /** Whether it takes a body of any type. */
  hasBody: boolean;
  responses: Record<string, DocumentedAnswer>;
}

interface Documented {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, DocumentedAnswer>;
}

/** Reads the OpenAPI document from the app. */
export async function readOperations(): Promise<{ operations: Operation[]; schemas: Schemas }> {
  const response = await createApp(bindDeps).fetch(
    new Request("http://holdfast.test/openapi.json"),
    env,
    createExecutionContext(),
  );
  const document = await response.json<{
    paths: Record<string, Record<string, Documented>>;
    components: { schemas: Schemas };
  }>();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, { parameters = [], requestBody, responses }]): Operation => {
      const method = verb.toUpperCase();
      const body = requestBody?.content["application/json"]?.schema;
      return { name: `${method} ${path}`, method, path, parameters, body, hasBody: requestBody !== undefined, responses };
    }),
  );
  return { operations, schemas: document.components.schemas };
}

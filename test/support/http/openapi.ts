import { get } from "./requests.ts";

/** The members of an OpenAPI operation that tests read. */
export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  security?: unknown[];
  "x-action"?: string;
  requestBody?: { required?: boolean };
  parameters?: { name: string; in: string; required?: boolean; example?: unknown }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

export async function readDocument(): Promise<Document> {
  return (await get("/openapi.json")).json();
}

/** Every operation by its method and path. */
export async function operations(): Promise<[string, Operation][]> {
  const { paths } = await readDocument();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
  );
}

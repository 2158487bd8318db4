import { ERRORS } from "../../../src/errors.ts";
import type { Operation } from "./document.ts";
import { schemaFaults, type Schema, type Schemas } from "./json-schema.ts";
import { findLeaks } from "./leaks.ts";

/** The error codes that a path without an operation may answer. */
const WITHOUT_OPERATION = new Set(["not_found", "method_not_allowed", "unauthenticated", "body_too_large"]);
const PROBLEM: Schema = { $ref: "#/components/schemas/Problem" };

/** The operation that a request is routed to; a fixed segment takes precedence over a parameter. */
export function operationAt(operations: readonly Operation[], { method, url }: Request): Operation | undefined {
  const verb = method === "HEAD" ? "GET" : method;
  const segments = new URL(url).pathname.split("/");
  return operations
    .filter((each) => each.method === verb && matches(each.path.split("/"), segments))
    .toSorted((a, b) => a.path.split("{").length - b.path.split("{").length)[0];
}

function matches(template: string[], segments: string[]): boolean {
  const fits = (part: string, segment = "") => (part.startsWith("{") ? segment !== "" : part === segment);
  return template.length === segments.length && template.every((part, index) => fits(part, segments[index]));
}

/** An answer with its body read. */
export interface Read {
  status: number;
  headers: Headers;
  text: string;
}

/** What is wrong with an answer according to the OpenAPI document and RFC 9457, and the secrets that it contains. */
export function answerFaults(schemas: Schemas, operation: Operation | undefined, request: Request, read: Read): string[] {
  const { status, headers, text } = read;
  if (status >= 500) return [`${status} ${text}`];
  if (request.method === "OPTIONS") return status === 204 && text === "" ? [] : [`OPTIONS was answered ${status}`];
  if (request.method === "HEAD") return operation && !(status in operation.responses) ? [`HEAD was answered ${status}`] : [];
  const common = [
    ...(headers.get("X-Content-Type-Options") === "nosniff" ? [] : ["nosniff is missing"]),
    ...(new URL(request.url).pathname.startsWith("/api/") && headers.get("Cache-Control") !== "no-store"
      ? ["no-store is missing"]
      : []),
    ...findLeaks(text, status < 400 ? "answer" : "problem").map((leak) => `it contains ${leak}`),
  ];
  const wrong = status >= 400 ? problemFaults(schemas, operation, read) : successFaults(schemas, operation, read);
  return [...common, ...wrong];
}

function successFaults(schemas: Schemas, operation: Operation | undefined, { status, headers, text }: Read): string[] {
  const documented = operation?.responses[status];
  if (!documented) return [`${status} is not documented`];
  if (!documented.content) return text === "" ? [] : ["its body is not documented"];
  const type = mediaType(headers);
  const schema = documented.content[type]?.schema;
  if (!schema) return [`the media type ${type} is not documented`];
  return type === "application/json" ? schemaFaults(schemas, schema, JSON.parse(text)) : [];
}

function problemFaults(schemas: Schemas, operation: Operation | undefined, { status, headers, text }: Read): string[] {
  if (mediaType(headers) !== "application/problem+json") return [`${status} has the media type ${mediaType(headers)}`];
  const problem = JSON.parse(text) as { code: keyof typeof ERRORS; status: number; request_id: string; type: string };
  const { code } = problem;
  const isDocumented = operation
    ? operation.responses[status]?.description.includes(`\`${code}\``) === true
    : WITHOUT_OPERATION.has(code);
  return [
    ...schemaFaults(schemas, PROBLEM, problem),
    ...(isDocumented ? [] : [`${status} ${code} is not documented here`]),
    ...(problem.status === status && ERRORS[code]?.status === status ? [] : [`${code} was answered with ${status}`]),
    ...(problem.type === `/docs/errors#${code}` ? [] : [`its type is ${problem.type}`]),
    ...(problem.request_id === headers.get("X-Request-Id") ? [] : ["its request_id differs from X-Request-Id"]),
    ...(status === 401 && !headers.has("WWW-Authenticate") ? ["WWW-Authenticate is missing"] : []),
    ...(status === 405 && !headers.has("Allow") ? ["Allow is missing"] : []),
  ];
}

function mediaType(headers: Headers): string {
  return (headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
}

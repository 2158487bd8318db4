import { ERRORS } from "../../../src/errors.ts";
import type { Operation } from "./document.ts";
import { faultsOf, type Schema, type Schemas } from "./json-schema.ts";
import { leaksIn } from "./leaks.ts";

/** What may be answered where there is no operation. */
const NOWHERE = new Set(["not_found", "method_not_allowed", "unauthenticated", "body_too_large"]);
const PROBLEM: Schema = { $ref: "#/components/schemas/Problem" };

/** The operation that a request reaches; a fixed segment wins over a parameter. */
export function operationAt(operations: readonly Operation[], { method, url }: Request): Operation | undefined {
  const verb = method === "HEAD" ? "GET" : method;
  const segments = new URL(url).pathname.split("/");
  return operations
    .filter((each) => each.method === verb && matches(each.path.split("/"), segments))
    .toSorted((a, b) => a.path.split("{").length - b.path.split("{").length)[0];
}

function matches(template: string[], segments: string[]): boolean {
  const isRight = (part: string, segment = "") => (part.startsWith("{") ? segment !== "" : part === segment);
  return template.length === segments.length && template.every((part, index) => isRight(part, segments[index]));
}

/** An answer, read once. */
export interface Read {
  status: number;
  headers: Headers;
  text: string;
}

/** What is wrong with an answer: by the document, by RFC 9457, and by what it tells. */
export function answerFaults(schemas: Schemas, operation: Operation | undefined, request: Request, read: Read): string[] {
  const { status, headers, text } = read;
  if (status >= 500) return [`${status} ${text}`];
  if (request.method === "OPTIONS") return status === 204 && text === "" ? [] : [`OPTIONS was answered ${status}`];
  if (request.method === "HEAD") return operation && !(status in operation.responses) ? [`HEAD was answered ${status}`] : [];
  const common = [
    ...(headers.get("X-Content-Type-Options") === "nosniff" ? [] : ["there is no nosniff"]),
    ...(new URL(request.url).pathname.startsWith("/api/") && headers.get("Cache-Control") !== "no-store"
      ? ["it may be stored"]
      : []),
    ...leaksIn(text, status < 400 ? "answer" : "problem").map((leak) => `it tells ${leak}`),
  ];
  const wrong = status >= 400 ? problemFaults(schemas, operation, read) : successFaults(schemas, operation, read);
  return [...common, ...wrong];
}

function successFaults(schemas: Schemas, operation: Operation | undefined, { status, headers, text }: Read): string[] {
  const documented = operation?.responses[status];
  if (!documented) return [`${status} is documented nowhere`];
  if (!documented.content) return text === "" ? [] : ["a body came that is not documented"];
  const type = mediaType(headers);
  const schema = documented.content[type]?.schema;
  if (!schema) return [`the media type ${type} is not documented`];
  return type === "application/json" ? faultsOf(schemas, schema, JSON.parse(text)) : [];
}

function problemFaults(schemas: Schemas, operation: Operation | undefined, { status, headers, text }: Read): string[] {
  if (mediaType(headers) !== "application/problem+json") return [`${status} came as ${mediaType(headers)}`];
  const problem = JSON.parse(text) as { code: keyof typeof ERRORS; status: number; request_id: string; type: string };
  const { code } = problem;
  const isDocumented = operation ? operation.responses[status]?.description.includes(`\`${code}\``) === true : NOWHERE.has(code);
  return [
    ...faultsOf(schemas, PROBLEM, problem),
    ...(isDocumented ? [] : [`${status} ${code} is not documented here`]),
    ...(problem.status === status && ERRORS[code]?.status === status ? [] : [`${code} came as ${status}`]),
    ...(problem.type === `/docs/errors#${code}` ? [] : [`its type is ${problem.type}`]),
    ...(problem.request_id === headers.get("X-Request-Id") ? [] : ["its request_id is another one"]),
    ...(status === 401 && !headers.has("WWW-Authenticate") ? ["there is no WWW-Authenticate"] : []),
    ...(status === 405 && !headers.has("Allow") ? ["there is no Allow"] : []),
  ];
}

function mediaType(headers: Headers): string {
  return (headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
}

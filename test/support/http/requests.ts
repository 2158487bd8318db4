import { exports } from "cloudflare:workers";

const ORIGIN = "http://holdfast.test";
const ADMIN_TOKEN = "test-admin-token-0123456789";

/** Options of a request: admin or another bearer token, Idempotency-Key, headers, and the position in `request.cf`. */
export interface AskOptions {
  admin?: boolean;
  token?: string;
  key?: string;
  headers?: Record<string, string>;
  cf?: { latitude?: string; longitude?: string; country?: string };
}

export function get(path: string, options: AskOptions = {}): Promise<Response> {
  return ask("GET", path, undefined, options);
}

/** @param body sent as JSON; a string or bytes are sent as they are, for bodies that are not JSON */
export function post(path: string, body: unknown, options: AskOptions = {}): Promise<Response> {
  return ask("POST", path, body, options);
}

export function put(path: string, body: unknown, options: AskOptions = {}): Promise<Response> {
  return ask("PUT", path, body, options);
}

export function patch(path: string, body: unknown, options: AskOptions = {}): Promise<Response> {
  return ask("PATCH", path, body, options);
}

export function del(path: string, options: AskOptions = {}): Promise<Response> {
  return ask("DELETE", path, undefined, options);
}

function ask(method: string, path: string, body: unknown, options: AskOptions): Promise<Response> {
  const token = options.admin === true ? ADMIN_TOKEN : options.token;
  const headers = new Headers({
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(options.key === undefined ? {} : { "Idempotency-Key": options.key }),
    ...options.headers,
  });
  const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const init = { method, headers, ...(body === undefined ? {} : { body: text }), ...(options.cf && { cf: options.cf }) };
  return exports.default.fetch(new Request(`${ORIGIN}${path}`, init));
}

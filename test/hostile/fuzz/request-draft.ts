import type { Base } from "../valid-requests/valid-request.ts";
import type { Operation } from "../checks/document.ts";
import type { Asker, Shop } from "../shop.ts";

const ORIGIN = "http://holdfast.test";

/** A request as it is to be sent, while attacks are still changing it. Names and values of addresses are as they are in the address. */
export interface Draft {
  method: string;
  path: string;
  params: Record<string, string>;
  query: [string, string][];
  headers: [string, string][];
  asker: Asker;
  token: string | undefined;
  body: string | Uint8Array | undefined;
}

/** The base of an operation as a request. */
export function draftOf({ method, path }: Operation, base: Base, shop: Shop): Draft {
  const { asker = "admin", body, file, params = {}, query = {} } = base;
  const text = file?.text ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = text === undefined ? [] : [["Content-Type", file?.type ?? "application/json"] as [string, string]];
  const escaped = (values: Record<string, string>) =>
    Object.entries(values).map(([name, value]): [string, string] => [name, encodeURIComponent(value)]);
  return {
    method,
    path,
    params: Object.fromEntries(escaped(params)),
    query: escaped(query),
    headers: [...type, ...Object.entries(base.headers ?? {})],
    asker,
    token: base.token ?? shop.tokens[asker],
    body: text,
  };
}

/** @returns `undefined` for what no client could send: a body with GET, a header that is none */
export function requestOf(draft: Draft): Request | undefined {
  const { method, body, token } = draft;
  const hasBody = body !== undefined && method !== "GET" && method !== "HEAD";
  try {
    const headers = new Headers(token === undefined ? {} : { Authorization: `Bearer ${token}` });
    for (const [name, value] of draft.headers) headers.set(name, value);
    return new Request(`${ORIGIN}${addressOf(draft)}`, { method, headers, ...(hasBody && { body }) });
  } catch {
    return undefined;
  }
}

function addressOf({ path, params, query }: Draft): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
  const asked = query.map(([name, value]) => `${name}=${value}`).join("&");
  return asked === "" ? filled : `${filled}?${asked}`;
}

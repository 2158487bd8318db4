import type { ValidRequest } from "../valid-requests/valid-request.ts";
import type { Operation } from "../checks/document.ts";
import type { Caller, Shop } from "../shop.ts";

const ORIGIN = "http://holdfast.test";

/** A request that attacks can still change. Parameters and query are percent-encoded. */
export interface RequestDraft {
  method: string;
  path: string;
  params: Record<string, string>;
  query: [string, string][];
  headers: [string, string][];
  caller: Caller;
  token: string | undefined;
  body: string | Uint8Array | undefined;
}

/** The draft of a valid request. */
export function draftOf({ method, path }: Operation, valid: ValidRequest, shop: Shop): RequestDraft {
  const { caller = "admin", body, file, params = {}, query = {} } = valid;
  const text = file?.text ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = text === undefined ? [] : [["Content-Type", file?.type ?? "application/json"] as [string, string]];
  const escaped = (values: Record<string, string>) =>
    Object.entries(values).map(([name, value]): [string, string] => [name, encodeURIComponent(value)]);
  return {
    method,
    path,
    params: Object.fromEntries(escaped(params)),
    query: escaped(query),
    headers: [...type, ...Object.entries(valid.headers ?? {})],
    caller,
    token: valid.token ?? shop.tokens[caller],
    body: text,
  };
}

/** @returns `undefined` for what no client can send, such as an invalid header */
export function requestOf(draft: RequestDraft): Request | undefined {
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

function addressOf({ path, params, query }: RequestDraft): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
  const pairs = query.map(([name, value]) => `${name}=${value}`).join("&");
  return pairs === "" ? filled : `${filled}?${pairs}`;
}

/** A request of the shop's API. */
export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  /** The media type of a body that is a text. */
  type?: string;
  /** The idempotency key. */
  key?: string;
  /** The bearer token. */
  token?: string;
}

/** The answer to a request. */
export interface ApiAnswer {
  status: number;
  isReplay: boolean;
  body: Record<string, unknown>;
}

/** A request with its answer; null if the Worker died first. The files of a fixture call it `told`. */
export interface RecordedRequest extends ApiRequest {
  told: { status: number; body: Record<string, unknown> } | null;
}

const TIMEOUT_MS = 20_000;

/** Sends a request. @param headers in addition to those of the request  @throws what `fetch` throws, also after 20 s */
export async function sendRequest(url: string, request: ApiRequest, headers: Record<string, string> = {}): Promise<ApiAnswer> {
  const response = await fetch(url + request.path, {
    method: request.method,
    headers: {
      ...(request.body === undefined ? {} : { "Content-Type": request.type ?? "application/json" }),
      ...(request.key === undefined ? {} : { "Idempotency-Key": request.key }),
      ...(request.token === undefined ? {} : { Authorization: `Bearer ${request.token}` }),
      ...headers,
    },
    body: bodyOf(request),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const isReplay = response.headers.get("Idempotency-Replayed") === "true";
  return { status: response.status, isReplay, body: (await response.json()) as Record<string, unknown> };
}

function bodyOf({ body, type }: ApiRequest): string | null {
  if (body === undefined) return null;
  return type !== undefined && typeof body === "string" ? body : JSON.stringify(body);
}

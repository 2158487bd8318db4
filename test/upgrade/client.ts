/** A request of the shop's API. */
export interface Asked {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  /** Its Idempotency-Key. */
  key?: string;
  /** Its bearer token. */
  token?: string;
}

/** What came back. */
export interface Answered {
  status: number;
  isReplay: boolean;
  body: Record<string, unknown>;
}

/** A request, and what its client was told; nothing where the Worker died first. */
export interface Told extends Asked {
  told: { status: number; body: Record<string, unknown> } | null;
}

const TIMEOUT_MS = 20_000;

/** Asks a shop. @param headers beside those of the request @throws what `fetch` throws, also after 20 s */
export async function ask(url: string, asked: Asked, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(url + asked.path, {
    method: asked.method,
    headers: {
      ...(asked.body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(asked.key === undefined ? {} : { "Idempotency-Key": asked.key }),
      ...(asked.token === undefined ? {} : { Authorization: `Bearer ${asked.token}` }),
      ...headers,
    },
    body: asked.body === undefined ? null : JSON.stringify(asked.body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const isReplay = response.headers.get("Idempotency-Replayed") === "true";
  return { status: response.status, isReplay, body: (await response.json()) as Record<string, unknown> };
}

import { failure } from "./failure.js";

const TIMEOUT_MS = 30_000;
const HEALTH_TIMEOUT_MS = 5_000;
const MAX_TRIES = 10;
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * @typedef {{ status: number, body: unknown }} Answer
 * @typedef {{ method: string, path: string, body?: unknown, type?: string, key?: string, accept?: number[], timeoutMs?: number }} Call `type` is
 *   the body's
 * @typedef {Answer | undefined} Health
 * @typedef {{ url: string, send: (call: Call) => Promise<Answer> }} Api
 */

/**
 * Calls a running Holdfast as its admin. An error is shown as one line.
 * @param {string} url @param {string | undefined} token @returns {Api}
 */
export function createApi(url, token) {
  return {
    url,
    async send(call) {
      const response = await requestAgain(url, token, call);
      const body = await bodyOf(url, response);
      if (response.ok || call.accept?.includes(response.status)) return { status: response.status, body };
      throw failure(describe(call, response.status, body));
    },
  };
}

/**
 * @param {string} url
 * @returns {Promise<Health>} what `GET /health` was answered, or `undefined` where nothing listens
 */
export async function healthOf(url) {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    return { status: response.status, body: await bodyOf(url, response) };
  } catch (error) {
    if (causeCode(error) === "ECONNREFUSED") return undefined;
    throw unreachable(url, error);
  }
}

/** What a server says of its settings that are wrong or missing. @param {Health} health @returns {string[]} */
export function wrongSettings(health) {
  const { code, detail, problems } = /** @type {{ code?: string, detail?: string, problems?: string[] }} */ (health?.body ?? {});
  return code === "misconfigured" ? (problems ?? [detail ?? "unknown"]) : [];
}

/**
 * Retries when the server sends Retry-After. Every call of the scripts is idempotent: it has a key, or sets a state.
 * @param {string} url @param {string | undefined} token @param {Call} call
 */
async function requestAgain(url, token, call) {
  for (let tries = 1; ; tries += 1) {
    const response = await request(url, token, call);
    const retryAfterS = Number(response.headers.get("Retry-After"));
    const isBusy = (response.status === 429 || response.status === 503) && retryAfterS > 0;
    if (!isBusy || tries === MAX_TRIES) return response;
    await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, Math.min(retryAfterS * 1_000, MAX_RETRY_AFTER_MS)));
  }
}

/** @param {string} url @param {string | undefined} token @param {Call} call */
async function request(url, token, { method, path, body, type = "application/json", key, timeoutMs = TIMEOUT_MS }) {
  /** @type {Record<string, string>} */
  const headers = { "content-type": type };
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  if (key !== undefined) headers["idempotency-key"] = key;
  try {
    return await fetch(url + path, {
      method,
      headers,
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** @param {string} url @param {Response} response @returns {Promise<unknown>} */
async function bodyOf(url, response) {
  const text = await response.text().catch((error) => {
    throw unreachable(url, error);
  });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {Call} call @param {number} status @param {unknown} body */
function describe({ method, path }, status, body) {
  if (status === 401 || status === 403)
    return `The server refuses the admin token (${status}). Is ADMIN_TOKEN that of this server?`;
  const { code, detail } = /** @type {{ code?: string, detail?: string }} */ (body ?? {});
  const reason = code === undefined ? "" : `: ${code}, ${detail ?? "no detail"}`;
  return `${method} ${path} was answered ${status}${reason}`;
}

/** @param {string} url @param {unknown} error */
function unreachable(url, error) {
  const reason = `${url} cannot be reached (${causeCode(error) ?? String(error)}). Is the server running?`;
  return Object.assign(failure(reason), { unreachable: true });
}

/**
 * Whether a call failed because no answer came; it may have taken effect.
 * @param {unknown} error
 */
export function isUnreachable(error) {
  return error instanceof Error && "unreachable" in error;
}

/** @param {unknown} error @returns {string | undefined} */
function causeCode(error) {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError") return "no answer in time";
  const { cause } = /** @type {{ cause?: { code?: string, message?: string } }} */ (error);
  return cause?.code ?? cause?.message;
}

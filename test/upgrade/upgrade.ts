import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { currentBundle } from "../deployed/bundle.ts";
import { startServer } from "../deployed/server.ts";
import { sendRequest, type ApiAnswer, type ApiRequest, type RecordedRequest } from "./client.ts";
import { type Controls, controlsOf } from "./controls.ts";

/** The current release, running on the state of an older one. */
export interface Upgraded {
  controls: Controls;
  requests: readonly RecordedRequest[];
  send: (request: ApiRequest) => Promise<ApiAnswer>;
  /** Each order as in its last answer, with its token. */
  orders: () => KnownOrder[];
  stop: () => Promise<void>;
}

interface KnownOrder {
  orderId: string;
  token: string;
  body: Record<string, unknown>;
}

/**
 * Starts the current release on a state.
 * @param fill writes the state and returns the requests with their answers  @param laterMs how far the state's times were moved on
 */
export async function upgrade(fill: (state: string) => Promise<readonly RecordedRequest[]>, laterMs = 0): Promise<Upgraded> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-upgrade-"));
  const state = join(folder, "state");
  const [script, requests] = await Promise.all([currentBundle(), fill(state)]);
  const server = await startServer({
    script,
    wrapper: join(import.meta.dirname, "current-release.js"),
    modules: { "control.js": join(import.meta.dirname, "control.js") },
    state,
    vars: { RATE_LIMITS: "off", REQUEST_LOG: "off" },
  });
  return {
    controls: controlsOf(server),
    requests,
    send: (request) => sendRequest(server.url, request),
    orders: () => ordersIn(requests, laterMs),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function moveTimes(body: unknown, laterMs: number): Record<string, unknown> {
  const text = JSON.stringify(body, (key, value: unknown) =>
    isTime(key) && typeof value === "string" ? new Date(Date.parse(value) + laterMs).toISOString() : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

/** E-mail addresses are in lower case since 0.2.0. */
export function lowerCase(email: unknown): unknown {
  return typeof email === "string" ? email.toLowerCase() : email;
}

/** Members that a replayed answer shows as they are now, and the id of a movement, which changed in 0.2.0. */
const CURRENT_MEMBERS = new Set(["status", "customer_id", "received", "missing", "booked", "movement", "request_id"]);

/** Texts of a problem for people, which a release may reword. Its code, type and all other members must stay. */
const PROSE = new Set(["title", "detail"]);

/** The members of an answer that do not change between releases. */
export function unchanged(body: unknown): object {
  const isChanging = (key: string) => isTime(key) || CURRENT_MEMBERS.has(key) || (isProblem(body) && PROSE.has(key));
  const { customer_email: email, ...same } = without(body, isChanging);
  return email === undefined ? same : { ...same, customer_email: lowerCase(email) };
}

function isProblem(body: unknown): boolean {
  return typeof body === "object" && body !== null && "type" in body && String(body.type).startsWith("/docs/errors#");
}

/** A body without its times. */
export function timeless(body: unknown): Record<string, unknown> {
  return without(body, isTime);
}

function without(body: unknown, isOmitted: (key: string) => boolean): Record<string, unknown> {
  const text = JSON.stringify(body, (key, value: unknown) => (isOmitted(key) ? undefined : value));
  return JSON.parse(text) as Record<string, unknown>;
}

function isTime(key: string): boolean {
  return key === "at" || key.endsWith("_at") || key === "reserved_until";
}

function ordersIn(requests: readonly RecordedRequest[], laterMs: number): KnownOrder[] {
  const orders = new Map<string, KnownOrder>();
  for (const each of requests) {
    if (!each.path.startsWith("/api/v1/orders") || each.told === null || each.told.status >= 300) continue;
    const { order_token: token, ...body } = moveTimes(each.told.body, laterMs);
    const orderId = String(body.order_id);
    // The answer to a cancellation contains no token.
    orders.set(orderId, { orderId, token: typeof token === "string" ? token : (orders.get(orderId)?.token ?? ""), body });
  }
  return [...orders.values()];
}

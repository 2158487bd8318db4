import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBundle } from "../deployed/bundle.ts";
import { startServer } from "../deployed/server.ts";
import { ask, type Answered, type Asked, type Told } from "./client.ts";
import { type Controls, controlsOf } from "./controls.ts";

/** What an old release wrote, with today's release running on it. */
export interface Upgraded {
  controls: Controls;
  told: readonly Told[];
  send: (asked: Asked) => Promise<Answered>;
  /** The last word that the client of each order had on it, with its token. */
  orders: () => ToldOrder[];
  stop: () => Promise<void>;
}

interface ToldOrder {
  orderId: string;
  token: string;
  body: Record<string, unknown>;
}

/**
 * Puts today's release upon a state.
 * @param fill writes the state, and gives what clients were told  @param laterMs how much later than that all of it seems to be
 */
export async function upgrade(fill: (state: string) => Promise<readonly Told[]>, laterMs = 0): Promise<Upgraded> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-upgrade-"));
  const state = join(folder, "state");
  const [script, told] = await Promise.all([buildBundle(join(folder, "bundle")), fill(state)]);
  const server = await startServer({
    script,
    wrapper: join(import.meta.dirname, "today.js"),
    modules: { "control.js": join(import.meta.dirname, "control.js") },
    state,
    vars: { RATE_LIMITS: "off", REQUEST_LOG: "off" },
  });
  return {
    controls: controlsOf(server),
    told,
    send: (asked) => ask(server.url, asked),
    orders: () => ordersIn(told, laterMs),
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

/** Addresses of e-mail are in lower case since 0.2.0. */
export function lowerCase(email: unknown): unknown {
  return typeof email === "string" ? email.toLowerCase() : email;
}

/** How orders and transfers are now, whenever a request of theirs is repeated; and the id of a movement, another since 0.2.0. */
const TOLD_AS_IT_IS = new Set(["status", "customer_id", "received", "missing", "booked", "movement", "request_id"]);

/** What an answer keeps from release to release. */
export function unchanged(body: unknown): object {
  const { customer_email: email, ...same } = without(body, (key) => isTime(key) || TOLD_AS_IT_IS.has(key));
  return email === undefined ? same : { ...same, customer_email: lowerCase(email) };
}

/** A body without its times. */
export function timeless(body: unknown): Record<string, unknown> {
  return without(body, isTime);
}

function without(body: unknown, isLeftOut: (key: string) => boolean): Record<string, unknown> {
  const text = JSON.stringify(body, (key, value: unknown) => (isLeftOut(key) ? undefined : value));
  return JSON.parse(text) as Record<string, unknown>;
}

function isTime(key: string): boolean {
  return key === "at" || key.endsWith("_at");
}

function ordersIn(told: readonly Told[], laterMs: number): ToldOrder[] {
  const orders = new Map<string, ToldOrder>();
  for (const each of told) {
    if (!each.path.startsWith("/api/v1/orders") || each.told === null || each.told.status >= 300) continue;
    const { order_token: token, ...body } = moveTimes(each.told.body, laterMs);
    const orderId = String(body.order_id);
    // The answer to a cancellation has no token.
    orders.set(orderId, { orderId, token: typeof token === "string" ? token : (orders.get(orderId)?.token ?? ""), body });
  }
  return [...orders.values()];
}

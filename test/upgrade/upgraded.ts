import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBundle } from "../deployed/bundle.ts";
import { startServer } from "../deployed/server.ts";
import { ask, type Answered, type Asked, type Told } from "./client.ts";
import { type Controls, controlsOf } from "./controls.ts";
import type { Fixture } from "./fixture.ts";
import { restore } from "./restore.ts";

/** What an old release wrote, with today's release running on it. */
export interface Upgraded {
  controls: Controls;
  send: (asked: Asked) => Promise<Answered>;
  /** What a client was told, with its times moved as the fixture's are. */
  moved: (told: Told) => Record<string, unknown>;
  /** The last word that the client of each order had on it, with its token. */
  orders: () => ToldOrder[];
  stop: () => Promise<void>;
}

interface ToldOrder {
  orderId: string;
  token: string;
  body: Record<string, unknown>;
}

/** Puts today's release upon a fixture's state. @param ageMs how long ago its last row was written */
export async function upgrade(fixture: Fixture, ageMs: number): Promise<Upgraded> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-upgrade-"));
  const state = join(folder, "state");
  const atMs = Date.now() - ageMs;
  const [script] = await Promise.all([buildBundle(join(folder, "bundle")), restore(fixture, state, atMs)]);
  const server = await startServer({
    script,
    wrapper: join(import.meta.dirname, "today.js"),
    modules: { "control.js": join(import.meta.dirname, "control.js") },
    state,
    vars: { RATE_LIMITS: "off", REQUEST_LOG: "off" },
  });
  const moved = (told: Told) => moveTimes(told.told?.body, atMs - fixture.atMs);
  return {
    controls: controlsOf(server),
    send: (asked) => ask(server.url, asked),
    moved,
    orders: () => ordersIn(fixture.told, moved),
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

/** A body without its times. */
export function timeless(body: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body, (key, value: unknown) => (isTime(key) ? undefined : value))) as Record<string, unknown>;
}

function isTime(key: string): boolean {
  return key === "at" || key.endsWith("_at");
}

function ordersIn(told: readonly Told[], moved: Upgraded["moved"]): ToldOrder[] {
  const orders = new Map<string, ToldOrder>();
  for (const each of told) {
    if (!each.path.startsWith("/api/v1/orders") || each.told === null || each.told.status >= 300) continue;
    const { order_token: token, ...body } = moved(each);
    const orderId = String(body.order_id);
    // The answer to a cancellation has no token.
    orders.set(orderId, { orderId, token: typeof token === "string" ? token : (orders.get(orderId)?.token ?? ""), body });
  }
  return [...orders.values()];
}

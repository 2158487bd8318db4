import { randomUUID } from "node:crypto";
import { type Answer, type Connection, openConnection } from "./connection.ts";
import { percentile } from "./figures.ts";
import { FLOODED } from "./workloads.ts";
import { SECRETS } from "../test/deployed/server.ts";

// Ten times the connections that are served well, all for one product, every order with a key of its own.

/** The result of a flood. */
export interface Saturation {
  connections: number;
  floodMs: number;
  /** Answers by status; `broken` for requests without an answer. */
  answers: Record<string, number>;
  /** Of the refusals (429 and 503), those with `Retry-After`. */
  refusedWithRetryAfter: number;
  /** Of orders that were placed during the flood, in ms from the request that succeeded. */
  p50: number;
  p99: number;
  /** From the end of the flood to the answer of the first order after it, in ms. */
  recoveredMs: number;
  /** Keys that were undecided when the flood ended and were sent again; each is decided now. */
  settledAfterwards: number;
  /** Keys that got an order, orders in D1, and units sold: these are equal, or something was lost or sold twice. */
  placed: number;
  inDatabase: number;
  unitsGone: number;
}

const EMAIL = "flood@example.com";
const REFUSED = new Set([429, 503]);
/** Longer than any `Retry-After`, so that a server that never recovers ends the run. */
const SETTLE_MS = 120_000;
const PAGE = 100;

interface Flood {
  url: URL;
  untilMs: number;
  answers: Record<string, number>;
  refusedWithRetryAfter: number;
  times: number[];
  /** The orders' ids by their keys; `undefined` while undecided. */
  orders: Map<string, string | undefined>;
}

/** Floods a Worker, waits until it recovers, and counts. @throws Error where anything was lost, sold twice, or refused without a reason */
export async function saturate(url: string, connections: number, floodMs: number): Promise<Saturation> {
  const before = await unitsOf(url);
  const flood: Flood = {
    url: new URL(url),
    untilMs: performance.now() + floodMs,
    answers: {},
    refusedWithRetryAfter: 0,
    times: [],
    orders: new Map(),
  };
  await Promise.all(Array.from({ length: connections }, () => flooder(flood)));
  const recoveredMs = await firstOrderAfter(flood);
  const open = [...flood.orders].filter(([, orderId]) => orderId === undefined).map(([key]) => key);
  await settle(flood, open);
  const sorted = flood.times.toSorted((a, b) => a - b);
  const found: Saturation = {
    connections,
    floodMs,
    answers: flood.answers,
    refusedWithRetryAfter: flood.refusedWithRetryAfter,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    recoveredMs,
    settledAfterwards: open.length,
    placed: new Set(flood.orders.values()).size,
    inDatabase: await countOrders(url),
    unitsGone: before - (await unitsOf(url)),
  };
  return checked(found, flood.orders.size);
}

function checked(found: Saturation, keys: number): Saturation {
  const refused = [...REFUSED].reduce((sum, status) => sum + (found.answers[status] ?? 0), 0);
  const isWhole = [found.placed, found.inDatabase, found.unitsGone].every((count) => count === keys);
  const isRefused = refused > 0 && refused === found.refusedWithRetryAfter;
  const isKnown = Object.keys(found.answers).every((status) => status === "201" || REFUSED.has(Number(status)));
  if (isWhole && isRefused && isKnown) return found;
  throw new Error(`Past saturation: of ${keys} keys ${JSON.stringify(found)}`);
}

/** One client: places the next order after the last one, and repeats a refused one, until the time is over. */
async function flooder(flood: Flood): Promise<void> {
  let connection = openConnection(flood.url);
  while (performance.now() < flood.untilMs) {
    const key = randomUUID();
    flood.orders.set(key, undefined);
    while (flood.orders.get(key) === undefined && performance.now() < flood.untilMs) {
      const sentMs = performance.now();
      const answer = await order(connection, key).catch(() => undefined);
      note(flood, answer);
      if (answer === undefined) {
        connection.close();
        connection = openConnection(flood.url);
      } else if (answer.status === 201) {
        flood.times.push(performance.now() - sentMs);
        flood.orders.set(key, orderIdOf(answer));
      } else await sleep((answer.retryAfterS ?? 1) * 1_000);
    }
  }
  connection.close();
}

function note(flood: Flood, answer: Answer | undefined): void {
  const name = String(answer?.status ?? "broken");
  flood.answers[name] = (flood.answers[name] ?? 0) + 1;
  if (answer && REFUSED.has(answer.status) && answer.retryAfterS !== undefined) flood.refusedWithRetryAfter += 1;
}

async function firstOrderAfter(flood: Flood): Promise<number> {
  const startedMs = performance.now();
  await settle(flood, [randomUUID()]);
  return performance.now() - startedMs;
}

/** Repeats undecided keys one after the other, until each has its order. @throws Error when that takes too long */
async function settle(flood: Flood, keys: readonly string[]): Promise<void> {
  const untilMs = performance.now() + SETTLE_MS;
  const connection = openConnection(flood.url);
  for (const key of keys) {
    flood.orders.set(key, undefined);
    while (flood.orders.get(key) === undefined) {
      if (performance.now() > untilMs) throw new Error(`after ${SETTLE_MS} ms the key ${key} is undecided`);
      const answer = await order(connection, key);
      if (answer.status === 201) flood.orders.set(key, orderIdOf(answer));
      else await sleep((answer.retryAfterS ?? 1) * 1_000);
    }
  }
  connection.close();
}

function order(connection: Connection, key: string): Promise<Answer> {
  const items = [{ product_id: FLOODED, quantity: 1 }];
  const body = { customer_name: "Asha", customer_email: EMAIL, postal_code: "560034", items };
  return connection.send({ method: "POST", path: "/api/v1/orders", body, key });
}

function orderIdOf({ body }: Answer): string {
  return (JSON.parse(body) as { order_id: string }).order_id;
}

/** Available units of the flooded product, read from its object. */
async function unitsOf(url: string): Promise<number> {
  const path = `/api/v1/inventory/products/${FLOODED}/availability/1`;
  return ((await read(url, path)) as { current_stock: number }).current_stock;
}

async function countOrders(url: string): Promise<number> {
  let counted = 0;
  for (let cursor: string | null = ""; cursor !== null;) {
    const path = `/api/v1/orders?limit=${PAGE}&customer_email=${encodeURIComponent(EMAIL)}${cursor && `&cursor=${cursor}`}`;
    const page = (await read(url, path)) as { orders: unknown[]; next_cursor: string | null };
    counted += page.orders.length;
    cursor = page.next_cursor;
  }
  return counted;
}

async function read(url: string, path: string): Promise<unknown> {
  const connection = openConnection(new URL(url));
  const { status, body } = await connection.send({ method: "GET", path, token: SECRETS.ADMIN_TOKEN });
  connection.close();
  if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${body}`);
  return JSON.parse(body) as unknown;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

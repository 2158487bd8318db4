import { setTimeout as sleep } from "node:timers/promises";
import { SECRETS } from "../deployed/server.ts";
import type { ApiAnswer, ApiRequest } from "./client.ts";
import type { Former, MixedShop, Release } from "./two-releases.ts";
import { seeded } from "../support/random.ts";

// Clients that buy, pay, cancel, return, receive and transfer, while the releases take turns. Each write has a key and is retried until it
// is answered.

const ADMIN = SECRETS.ADMIN_TOKEN;
/** Far more than the turns of the releases can make fail. */
const MAX_TRIES = 1_000;
const RETRY_MS = 50;

/** What the clients recorded. */
interface Log {
  orders: Map<string, { token: string; total: number; isCancelled: boolean }>;
  /** Units received, by product. */
  received: Map<string, number>;
  /** Answers with an unexpected server error. */
  unexpected: string[];
  counts: Record<string, number>;
}

/** The context of one client. */
interface Client {
  shop: MixedShop;
  former: Former;
  log: Log;
  productIds: readonly string[];
  chance: () => number;
  newKey: () => string;
}

/** The size, seed and end of the load. */
interface Load {
  seed: number;
  /** The release that serves beside the current one. */
  former: Former;
  clients: number;
  isOver: () => boolean;
}

/** Runs clients concurrently; each finishes its last action. */
export async function runClients(shop: MixedShop, productIds: readonly string[], load: Load): Promise<Log> {
  const log: Log = { orders: new Map(), received: new Map(), unexpected: [], counts: {} };
  const clients = Array.from({ length: load.clients }, async (_, index) => {
    const chance = seeded(load.seed * 1_000 + index);
    let keys = 0;
    const newKey = () => `mixed-load-${load.former}-${load.seed}-${index}-${(keys += 1)}-with-length`;
    const client: Client = { shop, former: load.former, log, productIds, chance, newKey };
    while (!load.isOver()) await oneOf(chance, ACTIONS)(client);
  });
  await Promise.all(clients);
  return log;
}

export function oneOf<T>(chance: () => number, some: readonly T[]): T {
  const chosen = some[Math.floor(chance() * some.length)];
  if (chosen === undefined) throw new Error("cannot choose from an empty list");
  return chosen;
}

/** Retries a request, each time with a random release, until one answers below 500. */
async function sendUntilDecided({ shop, former, log, chance }: Client, request: ApiRequest, only?: Release): Promise<ApiAnswer> {
  let last = "nothing";
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const release = only ?? oneOf<Release>(chance, ["current", former]);
    const answer = await shop.send(request, release).catch(() => undefined);
    if (answer && answer.status < 500) {
      const what = `${request.method} ${request.path.replaceAll(/(ORD|CRT|TRF)\w{26}/g, "*")} ${answer.status}`;
      log.counts[what] = (log.counts[what] ?? 0) + 1;
      return answer;
    }
    if (answer && answer.status !== 503) log.unexpected.push(`${release} ${request.path}: ${JSON.stringify(answer.body)}`);
    last = JSON.stringify(answer?.body);
    await sleep(RETRY_MS);
  }
  throw new Error(`${request.method} ${request.path} was never decided: ${last}`);
}

function keyed(client: Client, request: ApiRequest, only?: Release): Promise<ApiAnswer> {
  return sendUntilDecided(client, { ...request, key: client.newKey() }, only);
}

function rememberOrder({ log }: Client, { status, body }: ApiAnswer): void {
  if (status >= 300 || typeof body.order_id !== "string") return;
  const before = log.orders.get(body.order_id);
  const token = typeof body.order_token === "string" ? body.order_token : (before?.token ?? "");
  const isCancelled = body.status === "CANCELLED" || before?.isCancelled === true;
  log.orders.set(body.order_id, { token, total: Number(body.total), isCancelled });
}

const someUnits = (client: Client) => 1 + Math.floor(client.chance() * 3);

const payment = (client: Client) => oneOf(client.chance, ["cod", "cod", "card"]);

async function buy(client: Client): Promise<void> {
  const ids = new Set(Array.from({ length: someUnits(client) }, () => oneOf(client.chance, client.productIds)));
  const items = [...ids].map((productId) => ({ product_id: productId, quantity: someUnits(client) }));
  const body = { customer_name: "Asha", items, payment_method: payment(client) };
  rememberOrder(client, await keyed(client, { method: "POST", path: "/api/v1/orders", body }));
}

/** Only the current release has carts. */
async function checkOut(client: Client): Promise<void> {
  const cart = await keyed(client, { method: "POST", path: "/api/v1/carts", body: {} }, "current");
  const cartId = String(cart.body.cart_id);
  for (let lines = someUnits(client); lines > 0; lines -= 1) {
    const body = { product_id: oneOf(client.chance, client.productIds), quantity: someUnits(client) };
    await keyed(client, { method: "POST", path: `/api/v1/carts/${cartId}/items`, body }, "current");
  }
  const body = { cart_id: cartId, customer_name: "Mira", payment_method: payment(client) };
  rememberOrder(client, await keyed(client, { method: "POST", path: "/api/v1/checkout", body }, "current"));
}

/** Changes a random order. */
async function changeAnyOrder(client: Client): Promise<void> {
  const orders = [...client.log.orders];
  if (orders.length === 0) return;
  const [orderId, { token, total }] = oneOf(client.chance, orders);
  const path = `/api/v1/orders/${orderId}`;
  const reference = { payment_reference: `UTR ${orderId}`, amount: total, currency: "INR" };
  const [productId] = client.productIds;
  const items = [{ product_id: productId, quantity: 1, condition: "sellable" }];
  const changes: (() => Promise<ApiAnswer>)[] = [
    () => keyed(client, { method: "POST", path: `${path}/cancel`, token }),
    () => keyed(client, { method: "PUT", path, body: { status: "PROCESSING" }, token: ADMIN }),
    () => keyed(client, { method: "PUT", path, body: { status: "COMPLETED" }, token: ADMIN }),
    () => keyed(client, { method: "POST", path: `${path}/returns`, body: { items, reason: "Torn" }, token: ADMIN }),
    () => keyed(client, { method: "POST", path: `${path}/payment/confirm`, body: reference, token: ADMIN }, "current"),
  ];
  rememberOrder(client, await oneOf(client.chance, changes)());
}

async function receive(client: Client): Promise<void> {
  const productId = oneOf(client.chance, client.productIds);
  const quantity = 5 * someUnits(client);
  const body = { quantity, movement_type: "in", reason: "Delivery", warehouse_id: oneOf(client.chance, ["BLR", "MUM"]) };
  const path = `/api/v1/inventory/products/${productId}/stock`;
  const { status } = await keyed(client, { method: "PUT", path, body, token: ADMIN });
  if (status === 200) client.log.received.set(productId, (client.log.received.get(productId) ?? 0) + quantity);
}

async function transfer(client: Client): Promise<void> {
  const productId = oneOf(client.chance, client.productIds);
  const items = [{ product_id: productId, quantity: someUnits(client) }];
  const body = { from_warehouse_id: "BLR", to_warehouse_id: "MUM", items };
  const sent = await keyed(client, { method: "POST", path: "/api/v1/inventory/transfers", body, token: ADMIN });
  if (sent.status !== 201) return;
  const path = `/api/v1/inventory/transfers/${String(sent.body.transfer_id)}/receipts`;
  await keyed(client, {
    method: "POST",
    path,
    body: { items: [{ product_id: productId, quantity: 1 }], complete: true },
    token: ADMIN,
  });
}

const ACTIONS = [buy, buy, buy, checkOut, checkOut, changeAnyOrder, changeAnyOrder, changeAnyOrder, receive, transfer];

import { setTimeout as sleep } from "node:timers/promises";
import { SECRETS } from "../deployed/server.ts";
import type { Answered, Asked } from "./client.ts";
import type { MixedShop, Release } from "./two-releases.ts";
import { seeded } from "../support/random.ts";

// Clients who buy, pay, cancel, take back, receive and move units, each write under a key and repeated until it is answered, while
// releases take turns under them.

const ADMIN = SECRETS.ADMIN_TOKEN;
/** Far more than the turns of the releases can take away. */
const MAX_TRIES = 1_000;
const RETRY_MS = 50;

/** What clients know when they are done. */
interface Log {
  orders: Map<string, { token: string; total: number; isCancelled: boolean }>;
  /** Units that were received by hand, by product. */
  received: Map<string, number>;
  /** Answers that no client should ever get. */
  odd: string[];
  counts: Record<string, number>;
}

/** What a client has at hand. */
interface Client {
  shop: MixedShop;
  log: Log;
  productIds: readonly string[];
  chance: () => number;
  newKey: () => string;
}

/** How much is asked, by which seed, and for how long. */
interface Load {
  seed: number;
  clients: number;
  isOver: () => boolean;
}

/** Runs clients at once; each finishes what it has begun. */
export async function runClients(shop: MixedShop, productIds: readonly string[], load: Load): Promise<Log> {
  const log: Log = { orders: new Map(), received: new Map(), odd: [], counts: {} };
  const clients = Array.from({ length: load.clients }, async (_, index) => {
    const chance = seeded(load.seed * 1_000 + index);
    let keys = 0;
    const newKey = () => `mixed-load-${load.seed}-${index}-${(keys += 1)}-with-length`;
    const client: Client = { shop, log, productIds, chance, newKey };
    while (!load.isOver()) await oneOf(chance, DOINGS)(client);
  });
  await Promise.all(clients);
  return log;
}

export function oneOf<T>(chance: () => number, some: readonly T[]): T {
  const found = some[Math.floor(chance() * some.length)];
  if (found === undefined) throw new Error("There is nothing to choose from");
  return found;
}

/** Asks whichever release, again and again, until one has decided. */
async function settle({ shop, log, chance }: Client, asked: Asked, only?: Release): Promise<Answered> {
  let last = "nothing";
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const release = only ?? oneOf(chance, ["current", "previous"] as const);
    const answered = await shop.send(asked, release).catch(() => undefined);
    if (answered && answered.status < 500) {
      const what = `${asked.method} ${asked.path.replaceAll(/(ORD|CRT|TRF)\w{26}/g, "*")} ${answered.status}`;
      log.counts[what] = (log.counts[what] ?? 0) + 1;
      return answered;
    }
    if (answered && answered.status !== 503) log.odd.push(`${release} ${asked.path}: ${JSON.stringify(answered.body)}`);
    last = JSON.stringify(answered?.body);
    await sleep(RETRY_MS);
  }
  throw new Error(`${asked.method} ${asked.path} was never decided: ${last}`);
}

function keyed(client: Client, asked: Asked, only?: Release): Promise<Answered> {
  return settle(client, { ...asked, key: client.newKey() }, only);
}

function note({ log }: Client, { status, body }: Answered): void {
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
  note(client, await keyed(client, { method: "POST", path: "/api/v1/orders", body }));
}

/** Only today's release has carts. */
async function checkOut(client: Client): Promise<void> {
  const cart = await keyed(client, { method: "POST", path: "/api/v1/carts", body: {} }, "current");
  const cartId = String(cart.body.cart_id);
  for (let lines = someUnits(client); lines > 0; lines -= 1) {
    const body = { product_id: oneOf(client.chance, client.productIds), quantity: someUnits(client) };
    await keyed(client, { method: "POST", path: `/api/v1/carts/${cartId}/items`, body }, "current");
  }
  const body = { cart_id: cartId, customer_name: "Mira", payment_method: payment(client) };
  note(client, await keyed(client, { method: "POST", path: "/api/v1/checkout", body }, "current"));
}

/** Does something to an order of anybody's. */
async function handle(client: Client): Promise<void> {
  const orders = [...client.log.orders];
  if (orders.length === 0) return;
  const [orderId, { token, total }] = oneOf(client.chance, orders);
  const path = `/api/v1/orders/${orderId}`;
  const reference = { payment_reference: `UTR ${orderId}`, amount: total, currency: "INR" };
  const [productId] = client.productIds;
  const items = [{ product_id: productId, quantity: 1, condition: "sellable" }];
  const handlings: (() => Promise<Answered>)[] = [
    () => keyed(client, { method: "POST", path: `${path}/cancel`, token }),
    () => keyed(client, { method: "PUT", path, body: { status: "PROCESSING" }, token: ADMIN }),
    () => keyed(client, { method: "PUT", path, body: { status: "COMPLETED" }, token: ADMIN }),
    () => keyed(client, { method: "POST", path: `${path}/returns`, body: { items, reason: "Torn" }, token: ADMIN }),
    () => keyed(client, { method: "POST", path: `${path}/payment/confirm`, body: reference, token: ADMIN }, "current"),
  ];
  note(client, await oneOf(client.chance, handlings)());
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

const DOINGS = [buy, buy, buy, checkOut, checkOut, handle, handle, handle, receive, transfer];

import { setTimeout as sleep } from "node:timers/promises";
import { SECRETS } from "../deployed/server.ts";
import { sendRequest, type ApiRequest, type RecordedRequest } from "./client.ts";

// The requests to release 0.1.0, chosen so that its state has rows of every kind.

const ADMIN = SECRETS.ADMIN_TOKEN;
/** Time for a hanging request to reach its hanging call. */
const HANGS_AFTER_MS = 700;

/** The products that have stock. */
export const STOCKED = ["rice", "oil", "bed-frame", "mattress", "last-one", "old-lamp"];

/** Sends requests and records them with their answers. */
export class Clients {
  readonly requests: RecordedRequest[] = [];
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error if the answer has another status */
  async send(request: ApiRequest, status: number): Promise<Record<string, unknown>> {
    const answer = await sendRequest(this.#url, request);
    if (answer.status !== status) throw new Error(`${request.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.requests.push({ ...request, told: { status, body: answer.body } });
    return answer.body;
  }

  /** Sends a request that will never be answer. @param where as in `hanging-calls.js` */
  async sendAndHang(request: ApiRequest, where: string): Promise<void> {
    sendRequest(this.#url, request, { "X-Hang": where }).catch(() => undefined);
    this.requests.push({ ...request, told: null });
    await sleep(HANGS_AFTER_MS);
  }
}

/** Creates the catalogue, the warehouses and their stock. */
export async function openShop(clients: Clients): Promise<void> {
  const admin = (method: ApiRequest["method"], path: string, body: unknown, status = 201) =>
    clients.send({ method, path: `/api/v1${path}`, body, token: ADMIN, key: `open${path}-${clients.requests.length}` }, status);
  for (const warehouse of WAREHOUSES) await admin("POST", "/warehouses", warehouse);
  for (const method of ["curbside", "self_service"]) {
    await admin("PUT", `/delivery/methods/${method}`, { name: method, cost: method === "curbside" ? 49.5 : 0, days: 3 }, 200);
  }
  for (const product of PRODUCTS) await admin("POST", "/products", product);
  await admin("PATCH", "/products/oil", { price: 185.25, supplier_name: "Copperpot" }, 200);
  for (const [productId, variantId, warehouseId, quantity] of STOCK) {
    const body = { quantity, movement_type: "in", reason: "Opening stock", warehouse_id: warehouseId, variant_id: variantId };
    await admin("PUT", `/inventory/products/${productId}/stock`, body, 200);
  }
  const out = { quantity: 2, movement_type: "out", reason: "Broken", warehouse_id: "BLR", reference_id: "PO-7" };
  await admin("PUT", "/inventory/products/rice/stock", out, 200);
  await admin("PUT", "/inventory/products/rice/stock", { quantity: 40, movement_type: "set", reason: "Counted" }, 200);
  await admin("PATCH", "/products/old-lamp", { status: "archived" }, 200);
}

/** Places orders whose payment window will have ended. */
export async function placeEarlyOrders(clients: Clients): Promise<void> {
  await place(clients, "never-paid", { items: [{ product_id: "rice", quantity: 3 }], payment_method: "card" });
}

/** Places orders in every status of the release, and gets refusals. */
export async function placeOrders(clients: Clients): Promise<void> {
  await place(clients, "one-line", { item: "rice", quantity: 2, customer_email: "Asha@Example.com" });
  await place(clients, "bundle", {
    items: [
      { product_id: "bed", quantity: 4 },
      { product_id: "rice", quantity: 30 },
    ],
  });
  await place(clients, "variants", { items: [{ product_id: "oil", variant_id: "oil-5l", quantity: 1 }], postal_code: "400001" });
  await place(clients, "waits", { items: [{ product_id: "oil", variant_id: "oil-1l", quantity: 2 }], payment_method: "upi" });
  await place(clients, undefined, { item: "RICE-1KG", quantity: 1 });
  for (const [key, payment] of [
    ["cancelled", "cod"],
    ["cancelled-unpaid", "card"],
  ] as const) {
    const order = await place(clients, key, { item: "rice", quantity: 5, payment_method: payment });
    const path = `/api/v1/orders/${String(order.order_id)}/cancel`;
    await clients.send({ method: "POST", path, token: String(order.order_token) }, 200);
  }
  await place(clients, "too-many", { item: "mattress", quantity: 9_000 }, 409);
  await place(clients, "unknown", { item: "no-such-thing", quantity: 1 }, 409);
  await sleep(HANGS_AFTER_MS);
}

/** Sends requests that hang at different steps of the protocol until the kill, and retries one of them. */
export async function leaveHalfDone(clients: Clients): Promise<void> {
  const order = await place(clients, "cancel-dies", { item: "rice", quantity: 4 });
  await clients.sendAndHang(placing("ghost", { item: "last-one", quantity: 1 }), "before 2");
  await place(clients, "ghost", { item: "last-one", quantity: 1 });
  const two = {
    items: [
      { product_id: "bed-frame", quantity: 1 },
      { product_id: "rice", quantity: 1 },
    ],
  };
  await Promise.all([
    clients.sendAndHang(placing("dies-reserved", { item: "rice", quantity: 6 }), "before 2"),
    clients.sendAndHang(placing("dies-recorded", { item: "rice", quantity: 7 }), "after 2"),
    clients.sendAndHang(placing("dies-recorded-unpaid", { item: "mattress", quantity: 2, payment_method: "card" }), "after 2"),
    clients.sendAndHang(placing("dies-committing", two), "commit bed-frame"),
    clients.sendAndHang(
      { method: "POST", path: `/api/v1/orders/${String(order.order_id)}/cancel`, token: String(order.order_token) },
      "restock rice",
    ),
    clients.send(
      {
        method: "PUT",
        path: "/api/v1/inventory/products/mattress/stock",
        body: { quantity: 3, movement_type: "in", reason: "Not flushed", warehouse_id: "MUM" },
        token: ADMIN,
        key: "not-flushed",
      },
      200,
    ),
  ]);
}

/** Keys are long, because a guest's key gives access to their order. */
function placing(key: string | undefined, more: object): ApiRequest {
  const body = { customer_name: "Asha", postal_code: "560001", ...more };
  return { method: "POST", path: "/api/v1/orders", body, ...(key === undefined ? {} : { key: `upgrade-fixture-key-${key}` }) };
}

function place(clients: Clients, key: string | undefined, more: object, status = 201): Promise<Record<string, unknown>> {
  return clients.send(placing(key, more), status);
}

const WAREHOUSES = [
  {
    warehouse_id: "BLR",
    name: "Bengaluru",
    postal_code: "560001",
    latitude: 12.976594,
    longitude: 77.599271,
    allows_self_service: true,
  },
  {
    warehouse_id: "MUM",
    name: "Mumbai",
    postal_code: "400001",
    latitude: 18.938535,
    longitude: 72.836334,
    served_postal_codes: ["4"],
  },
].map((warehouse) => ({ country: "IN", ...warehouse }));

const PRODUCTS = [
  {
    product_id: "rice",
    name: "Basmati Rice 1kg",
    category: "Rice & Grains",
    sku: "RICE-1KG",
    price: 150,
    cost_price: 118,
    min_stock_level: 10,
  },
  {
    product_id: "oil",
    name: "Sunflower Oil",
    category: "Oils",
    price: 180,
    variants: [
      { variant_id: "oil-1l", sku: "OIL-1L", name: "1 L" },
      { variant_id: "oil-5l", sku: "OIL-5L", name: "5 L" },
    ],
  },
  { product_id: "bed-frame", name: "Bed Frame", sku: "FRAME", price: 14_990 },
  { product_id: "mattress", name: "Mattress", sku: "MATTRESS", price: 11_990 },
  { product_id: "last-one", name: "The Last One", sku: "LAST", price: 9.99 },
  { product_id: "old-lamp", name: "Old Lamp", sku: "LAMP", price: 75 },
  {
    product_id: "bed",
    name: "Complete Bed",
    sku: "BED",
    price: 24_990,
    components: [
      { product_id: "bed-frame", quantity: 1 },
      { product_id: "mattress", quantity: 2 },
    ],
  },
];

const STOCK: [string, string, string, number][] = [
  ["rice", "rice", "BLR", 41],
  ["rice", "rice", "MUM", 60],
  ["oil", "oil-1l", "BLR", 12],
  ["oil", "oil-5l", "BLR", 3],
  ["oil", "oil-5l", "MUM", 5],
  ["bed-frame", "bed-frame", "BLR", 4],
  ["bed-frame", "bed-frame", "MUM", 6],
  ["mattress", "mattress", "BLR", 9],
  ["mattress", "mattress", "MUM", 9],
  ["last-one", "last-one", "BLR", 1],
  ["old-lamp", "old-lamp", "MUM", 7],
];

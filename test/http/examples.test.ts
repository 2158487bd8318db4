import { beforeAll, it, vi } from "vitest";
import { PRODUCTS, STOCK } from "../../scripts/demo-shop.js";
import { BODY_EXAMPLES } from "../../src/http/body-examples.ts";
import { operations } from "../support/http/openapi.ts";
import { type AskOptions, get, patch, post, put } from "../support/http/requests.ts";
import { openShop } from "../support/shop/warehouses.ts";
import { openedAlert } from "../support/events/alerts.ts";
import { unitsOf } from "../support/orders/http.ts";

const ADMIN: AskOptions = { admin: true };
const SEND = { POST: post, PUT: put, PATCH: patch };
const sent = new Set<string>();
const refused: string[] = [];

/** What the tests below read of answers. */
type Answer = Record<"order_id" | "order_token" | "return_id" | "cart_id" | "transfer_id" | "refresh_token", string> &
  Record<"user_id" | "rule_id" | "endpoint_id" | "access_token" | "image_id" | "address_id", string>;

/** What the reader of an example has to put in: the ids of the path, and what is the reader's own in the body. */
interface Reader {
  params?: Record<string, string>;
  own?: object;
  as?: AskOptions;
}

/** Sends the example of an operation as it stands. */
async function send(operationId: string, { params = {}, own, as = ADMIN }: Reader = {}): Promise<Answer> {
  const found = (await operations()).find(([, operation]) => operation.operationId === operationId);
  const [method = "", template = ""] = found?.[0].split(" ") ?? [];
  const path = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? `{${name}}`);
  const response = await SEND[method as keyof typeof SEND](path, { ...BODY_EXAMPLES[operationId], ...own }, as);
  const answer = await response.text();
  if (!response.ok) refused.push(`${operationId}: ${method} ${path} answered ${response.status} ${answer}`);
  sent.add(operationId);
  return JSON.parse(answer || "{}") as Answer;
}

async function ordered(): Promise<Answer> {
  return send("placeOrder", { as: {} });
}

beforeAll(async () => {
  await openShop();
  for (const product of PRODUCTS) await post("/api/v1/products", product, ADMIN);
  for (const { productId, warehouseId, quantity } of STOCK) {
    const body = { quantity, movement_type: "in", reason: "Opening stock", warehouse_id: warehouseId };
    await put(`/api/v1/inventory/products/${productId}/stock`, body, ADMIN);
  }
});

it("sells, ships, takes back and refunds by the examples", async ({ expect }) => {
  const { order_id } = await ordered();
  const params = { order_id };
  for (const operation of ["editOrder", "moveOrder", "confirmPayment", "shipOrder", "cancelOrder"])
    await send(operation, { params });
  for (const operation of ["returnOrder", "refundOrder"]) await send(operation, { params });
  expect(refused.splice(0)).toEqual([]);
});

it("receives and rejects a return, and reopens a cancelled order", async ({ expect }) => {
  for (const operation of ["receiveReturn", "rejectReturn"]) {
    const { order_id, order_token: token } = await ordered();
    await send("moveOrder", { params: { order_id } });
    await send("shipOrder", { params: { order_id } });
    const wanted = { items: [{ product_id: "prod-001", quantity: 1 }] };
    const { return_id } = await (await post(`/api/v1/orders/${order_id}/returns`, wanted, { token })).json<Answer>();
    await send(operation, { params: { order_id, return_id } });
  }
  const { order_id } = await ordered();
  await post(`/api/v1/orders/${order_id}/cancel`, {}, ADMIN);
  await send("reopenOrder", { params: { order_id } });
  expect(refused.splice(0)).toEqual([]);
});

it("changes many orders, and gives a customer a link to one", async ({ expect }) => {
  const { order_id } = await ordered();
  await send("changeOrders", { own: { order_ids: [order_id] } });
  await send("makeOrderLink", { params: { order_id } });
  await send("requestOrderLink", { params: { order_id }, as: {} });
  expect(refused.splice(0)).toEqual([]);
});

it("fills a cart and checks it out", async ({ expect }) => {
  const { cart_id } = await send("createCart", { as: {} });
  await send("addItem", { params: { cart_id }, as: {} });
  await send("changeItem", { params: { cart_id, item_id: "prod-001" }, as: {} });
  await send("setPromoCode", { params: { cart_id }, as: {} });
  await send("checkOut", { own: { cart_id }, as: {} });
  expect(refused.splice(0)).toEqual([]);
});

it("registers, signs in, claims an order and changes the password", async ({ expect }) => {
  const { user_id } = await send("register", { as: {} });
  const { access_token: token, refresh_token } = await send("signIn", { as: {} });
  const { order_id, order_token } = await ordered();
  const { address_id } = await send("addAddress", { as: { token } });
  await send("changeAddress", { params: { address_id }, as: { token } });
  await send("claimOrder", { params: { order_id }, own: { order_token }, as: { token } });
  const next = await send("refresh", { own: { refresh_token }, as: {} });
  await send("signOut", { own: { refresh_token: next.refresh_token }, as: {} });
  await send("changePassword", { as: { token } });
  await send("changeUser", { params: { user_id } });
  expect(refused.splice(0)).toEqual([]);
});

it("keeps the shop, its stock and its settings", async ({ expect }) => {
  const params = { product_id: "prod-001", warehouse_id: "PUN", method: "in_door" };
  for (const operation of ["createWarehouse", "changeWarehouse", "writePostalCodes", "setDeliveryMethod"])
    await send(operation, { params });
  for (const operation of ["createProduct", "createStockedProduct", "changeProduct", "setTaxRate"])
    await send(operation, { params });
  const { rule_id } = await send("createRule");
  await send("changeRule", { params: { rule_id } });
  for (const operation of ["adjustStock", "countStock", "importCounts", "recordDamage", "auditStock"])
    await send(operation, { params });
  await send("receiveTransfer", { params: { transfer_id: (await send("createTransfer")).transfer_id } });
  await send("recallTransfer", { params: { transfer_id: (await send("createTransfer")).transfer_id } });
  await send("createKey");
  await send("acknowledgeAlert", { params: { alert_id: await openedAlert() } });
  const { endpoint_id } = await send("createEndpoint");
  await send("changeEndpoint", { params: { endpoint_id } });
  expect(refused.splice(0)).toEqual([]);
});

it("gives a short order units of Mumbai", async ({ expect }) => {
  const order = { customer_name: "Asha", postal_code: "560034", item: "prod-008", quantity: 3 };
  const { order_id } = await (await post("/api/v1/orders", order, {})).json<Answer>();
  await vi.waitUntil(async () => (await unitsOf("prod-008"))["BLR"]?.[2] === 3);
  const count = { product_id: "prod-008", warehouse_id: "BLR", counted: 1, expected_on_hand: 25, on_shortage: "keep_oldest" };
  await post("/api/v1/inventory/counts", count, ADMIN);
  await send("allocateShort", { params: { order_id } });
  expect(refused.splice(0)).toEqual([]);
});

it("reads what the examples in paths name", async ({ expect }) => {
  const filled = (await operations()).flatMap(([name, { parameters = [] }]) => {
    const places = parameters.filter((each) => each.in === "path");
    const isWhole = places.length > 0 && places.every(({ example }) => example !== undefined);
    const path = name.replace("GET ", "").replaceAll(/\{(\w+)\}/g, (_all, key: string) => {
      return encodeURIComponent(String(places.find((each) => each.name === key)?.example));
    });
    return name.startsWith("GET ") && isWhole ? [path] : [];
  });

  expect(filled).toContain("/api/v1/products/by-barcode/2000000000015");
  expect(filled).toContain("/api/v1/products/by-slug/basmati-rice-1kg");
  for (const path of filled) expect([path, (await get(path, ADMIN)).status]).toEqual([path, 200]);
});

it("sends every example that there is", ({ expect }) => {
  expect(Object.keys(BODY_EXAMPLES).filter((name) => !sent.has(name))).toEqual([]);
});

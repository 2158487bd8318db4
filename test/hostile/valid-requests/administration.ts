import { keyOf, openedSession, PASSWORD, userOf } from "../../support/accounts/accounts.ts";
import { fillLogs } from "../../support/cost/log-rows.ts";
import { post } from "../../support/http/requests.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { openedAlert } from "../../support/events/alerts.ts";
import { happened, madeEndpoint } from "../../support/events/webhooks.ts";
import { type ValidRequest, type ValidRequests, uniqueId } from "./valid-request.ts";

const PERIOD = { from: "1970-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z" };
const PLACE = { country: "IN", postal_code: "700001", latitude: 22.57, longitude: 88.36 };

/** Deletes earlier ones, because a shop may have only so many warehouses. @returns the body of a new warehouse */
async function warehouse() {
  await sqlInD1("DELETE FROM warehouses WHERE warehouse_id LIKE 'WH-%'");
  return { warehouse_id: uniqueId("WH"), name: "Kolkata", ...PLACE, ships_to: ["IN"], served_postal_codes: ["700"] };
}

async function ofUser(): Promise<ValidRequest> {
  return { params: { user_id: (await userOf()).userId } };
}

const LINES = { line1: "12 Lake Road", line2: "Flat 3", city: "Bengaluru", region: "IN-KA" };
const ADDRESS = { ...LINES, postal_code: "560034", country: "IN" };

async function ofBook(): Promise<ValidRequest> {
  return { token: (await userOf()).token, caller: "customer" };
}

async function ofAddress(): Promise<ValidRequest> {
  const book = await ofBook();
  const made = await post("/api/v1/users/me/addresses", ADDRESS, { token: book.token ?? "" });
  const { address_id } = await made.json<{ address_id: string }>();
  return { ...book, params: { address_id } };
}

async function ofSession(): Promise<ValidRequest> {
  const { userId } = await userOf();
  return { body: { refresh_token: await openedSession(userId) }, caller: "guest" };
}

/** Deletes all endpoints: a shop may have only twenty, and each of them gets every event. */
async function deleteEndpoints(): Promise<void> {
  await sqlInD1("DELETE FROM webhook_deliveries");
  await sqlInD1("DELETE FROM webhook_endpoints");
}

async function ofEndpoint(): Promise<ValidRequest> {
  await deleteEndpoints();
  return { params: { endpoint_id: (await madeEndpoint()).endpoint_id } };
}

async function ofDelivery() {
  await deleteEndpoints();
  const { endpoint_id } = await madeEndpoint();
  await happened();
  const [delivery] = await sqlInD1<{ delivery_id: string }>(
    "SELECT delivery_id FROM webhook_deliveries WHERE endpoint_id = ?",
    endpoint_id,
  );
  return { endpoint_id, delivery_id: delivery?.delivery_id ?? "" };
}

/** Another file of the isolate may have filled its own logs: a module outlives a file, and D1 does not. */
async function fillOnce(): Promise<void> {
  const filled = await sqlInD1("SELECT 1 FROM alerts WHERE alert_id = 'ALT0'");
  if (filled.length === 0) await fillLogs(0, 30);
}

const log =
  (query: Record<string, string>, caller: ValidRequest["caller"] = "admin") =>
  async () => {
    await fillOnce();
    return { query: { limit: "2", ...query }, caller };
  };

/** Warehouses, delivery, accounts, API keys, logs and webhooks. */
export const ADMINISTRATION: ValidRequests = {
  "GET /health": () => ({ caller: "guest" }),
  "GET /api/v1/warehouses": () => ({ query: { status: "archived" }, caller: "guest" }),
  "GET /api/v1/warehouses/{warehouse_id}": () => ({ params: { warehouse_id: "BLR" }, caller: "guest" }),
  "POST /api/v1/warehouses": async () => ({ body: { ...(await warehouse()), allows_self_service: false, status: "active" } }),
  "GET /api/v1/warehouses/nearest": () => ({ query: { postal_code: "560034", country: "IN" }, caller: "guest" }),
  "PATCH /api/v1/warehouses/{warehouse_id}": async () => {
    const body = await warehouse();
    await post("/api/v1/warehouses", body, { admin: true });
    return { params: { warehouse_id: body.warehouse_id }, body: { name: "Howrah", status: "archived", ...PLACE } };
  },
  "GET /api/v1/delivery/options": () => ({ query: { postal_code: "560034", country: "IN" }, caller: "guest" }),
  "GET /api/v1/delivery/methods/{method}": () => ({ params: { method: "in_door" }, caller: "guest" }),
  "PUT /api/v1/delivery/methods/{method}": () => ({
    params: { method: "in_door" },
    body: { name: "To the door", cost: 149, days: 3, requires_address: false },
  }),
  "PUT /api/v1/postal-codes": () => ({ body: { country: "BV", postal_codes: [{ code: "0001", latitude: 1.5, longitude: -2 }] } }),
  "POST /api/v1/users": () => ({
    body: { email: `${uniqueId("new")}@example.com`, password: PASSWORD, name: "Ravi" },
    caller: "guest",
  }),
  "GET /api/v1/users": log({ role: "customer" }),
  "GET /api/v1/users/me": () => ({ caller: "customer" }),
  "PUT /api/v1/users/me/password": async () => ({
    token: (await userOf()).token,
    body: { current_password: PASSWORD, new_password: "another horse battery" },
    caller: "customer",
  }),
  "GET /api/v1/users/me/addresses": ofBook,
  "POST /api/v1/users/me/addresses": async () => ({
    ...(await ofBook()),
    body: { ...ADDRESS, label: "Home", name: "Ravi", phone: "+91 98450 12345", is_default: true },
  }),
  "GET /api/v1/users/me/addresses/{address_id}": ofAddress,
  "PATCH /api/v1/users/me/addresses/{address_id}": async () => ({
    ...(await ofAddress()),
    body: { ...ADDRESS, label: null, line2: null, is_default: true },
  }),
  "DELETE /api/v1/users/me/addresses/{address_id}": ofAddress,
  "GET /api/v1/users/{user_id}": ofUser,
  "PATCH /api/v1/users/{user_id}": async () => ({
    ...(await ofUser()),
    body: { name: "Ravi", role: "customer", tier: "silver" },
  }),
  "DELETE /api/v1/users/{user_id}": ofUser,
  "POST /api/v1/auth/login": async () => ({ body: { email: (await userOf()).email, password: PASSWORD }, caller: "guest" }),
  "POST /api/v1/auth/refresh": ofSession,
  "POST /api/v1/auth/logout": ofSession,
  "POST /api/v1/api-keys": () => ({ body: { name: "Till", rights: ["inventory:read"], expires_at: "2041-01-01T00:00:00Z" } }),
  "GET /api/v1/api-keys": () => ({ query: { limit: "2" } }),
  "DELETE /api/v1/api-keys/{key_id}": async () => ({ params: { key_id: (await keyOf([])).keyId } }),
  "GET /api/v1/audit-log": log({ actor: "user:u-1", record_type: "product", ...PERIOD }),
  "GET /api/v1/alerts": log({ status: "open", kind: "low_stock", acknowledged: "false" }, "staff"),
  "GET /api/v1/alerts/{alert_id}": async () => ({ params: { alert_id: await openedAlert() }, caller: "staff" }),
  "POST /api/v1/alerts/{alert_id}/acknowledge": async () => ({
    params: { alert_id: await openedAlert() },
    body: { note: "Ordered at the supplier" },
    caller: "staff",
  }),
  "POST /api/v1/webhook-endpoints": async () => {
    await deleteEndpoints();
    return { body: { url: "https://hooks.example.com/in", events: ["stock.low", "order.placed"], description: "Ours" } };
  },
  "GET /api/v1/webhook-endpoints": () => ({}),
  "GET /api/v1/webhook-endpoints/{endpoint_id}": ofEndpoint,
  "PATCH /api/v1/webhook-endpoints/{endpoint_id}": async () => ({
    ...(await ofEndpoint()),
    body: { url: "https://hooks.example.com/new", events: ["order.paid"], description: null, status: "disabled" },
  }),
  "DELETE /api/v1/webhook-endpoints/{endpoint_id}": ofEndpoint,
  "POST /api/v1/webhook-endpoints/{endpoint_id}/rotate-secret": ofEndpoint,
  "GET /api/v1/webhook-endpoints/{endpoint_id}/deliveries": async () => ({
    params: { endpoint_id: (await ofDelivery()).endpoint_id },
    query: { limit: "2", status: "pending" },
  }),
  "POST /api/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay": async () => ({ params: await ofDelivery() }),
};

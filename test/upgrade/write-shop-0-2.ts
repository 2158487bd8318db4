import { SECRETS } from "../deployed/server.ts";
import type { ApiRequest } from "./client.ts";
import type { Clients } from "./write-shop.ts";

// Requests that release 0.2.0 supports and 0.1.0 does not.

const PASSWORD = "correct horse battery";

/** Uses order statuses, returns, transfers, accounts and API keys. */
export async function useNewFeatures(clients: Clients): Promise<void> {
  const admin = (method: ApiRequest["method"], path: string, body: unknown, status = 200) =>
    clients.send(
      { method, path: `/api/v1${path}`, body, token: SECRETS.ADMIN_TOKEN, key: `run${path}-${clients.requests.length}` },
      status,
    );
  const { order_id: orderId, order_token: orderToken } = await clients.send(
    {
      method: "POST",
      path: "/api/v1/orders",
      body: { customer_name: "Mira", item: "rice", quantity: 3 },
      key: "run-order-with-a-long-key",
    },
    201,
  );
  const order = `/orders/${String(orderId)}`;
  await admin("PUT", order, { status: "PROCESSING", note: "Packed" });
  await admin("PUT", order, { status: "COMPLETED" });
  const back = (quantity: number, condition: string) => ({
    items: [{ product_id: "rice", quantity, condition }],
    reason: "Torn",
  });
  await admin("POST", `${order}/returns`, back(1, "sellable"));
  await admin("POST", `${order}/returns`, back(1, "damaged"));
  const transfer = { from_warehouse_id: "MUM", to_warehouse_id: "BLR", items: [{ product_id: "rice", quantity: 4 }] };
  const { transfer_id: transferId } = await admin("POST", "/inventory/transfers", transfer, 201);
  const came = { items: [{ product_id: "rice", quantity: 3 }] };
  await admin("POST", `/inventory/transfers/${String(transferId)}/receipts`, came);
  await admin("POST", "/inventory/transfers", { ...transfer, items: [{ product_id: "rice", quantity: 9_000 }] }, 409);
  const damage = { product_id: "mattress", quantity: 1, warehouse_id: "MUM", reason: "Wet" };
  await admin("POST", "/inventory/damage", damage);
  await admin(
    "POST",
    "/inventory/products",
    { product_id: "stool", name: "Stool", sku: "STOOL", price: 12.5, initial_stock: 4 },
    201,
  );
  await admin("POST", "/api-keys", { name: "Till 1", rights: ["inventory:read"] }, 201);
  const body = { email: "Mira@example.com", password: PASSWORD, name: "Mira" };
  await clients.send({ method: "POST", path: "/api/v1/users", body }, 201);
  const session = await clients.send(
    { method: "POST", path: "/api/v1/auth/login", body: { email: body.email, password: PASSWORD } },
    200,
  );
  const claim = { order_token: orderToken };
  const claiming = { method: "POST", path: `/api/v1${order}/claim`, body: claim, token: String(session.access_token) } as const;
  await clients.send(claiming, 200);
}

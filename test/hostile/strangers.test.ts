import { beforeAll, describe, it } from "vitest";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { added } from "../support/accounts/address-book.ts";
import { readCart, cartOf, putItem } from "../support/carts/carts.ts";
import { get } from "../support/http/requests.ts";
import { bodyOf, type OrderBody, placed } from "../support/orders/http.ts";
import { sent } from "../support/stock/transfers.ts";
import { happened, madeEndpoint } from "../support/events/webhooks.ts";
import { postRule } from "../support/pricing/pricing.ts";
import { readOperations, type Operation } from "./checks/document.ts";
import { openAttackedShop, type Shop } from "./shop.ts";
import { writtenBetween, readWrites } from "./checks/writes.ts";

/** Texts that only the victim's order and cart contain. */
const VICTIM_DATA = ["Victim", "victim@", "77777", "Secret lane", "Ring twice"];
const PERSON = { customer_name: "Victim", customer_email: "victim@example.com", customer_phone: "+917777777777" };
const PLACE = { delivery_address: "Secret lane 7", notes: "Ring twice" };

/** Ids of the victim's records, by their names in paths and bodies. */
type Ids = Record<string, string>;

/** Answers everybody in the same way, and tells only the customer's own mailbox of it. */
const OPEN = "POST /api/v1/orders/{order_id}/request-link";

/** A valid body for each operation, so that only the owner check can refuse the request. */
const BODIES: Record<string, (ids: Ids) => object> = {
  "POST /api/v1/carts/{cart_id}/items": ({ product_id }) => ({ product_id, quantity: 1 }),
  "PATCH /api/v1/carts/{cart_id}/items/{item_id}": () => ({ quantity: 2 }),
  "PUT /api/v1/carts/{cart_id}/promo-code": () => ({ promo_code: "EVE" }),
  "POST /api/v1/checkout": ({ cart_id }) => ({ cart_id, customer_name: "Eve" }),
  "PUT /api/v1/orders/{order_id}": () => ({ status: "CANCELLED" }),
  "POST /api/v1/orders/{order_id}/returns": ({ product_id }) => ({ items: [{ product_id, quantity: 1 }], reason: "Mine" }),
  "POST /api/v1/orders/{order_id}/returns/{return_id}/receive": ({ product_id }) => ({
    items: [{ product_id, quantity: 1, condition: "sellable" }],
  }),
  "POST /api/v1/orders/{order_id}/returns/{return_id}/reject": () => ({ reason: "Mine" }),
  [OPEN]: () => ({ email: "eve@example.com" }),
  "POST /api/v1/orders/{order_id}/claim": ({ order_token }) => ({ order_token }),
  "POST /api/v1/orders/{order_id}/payment/confirm": () => ({ payment_reference: "eve", amount: 199, currency: "INR" }),
  "POST /api/v1/orders/{order_id}/refunds": () => ({ amount: 1, reason: "Mine" }),
  "PATCH /api/v1/users/{user_id}": () => ({ role: "admin" }),
  "PATCH /api/v1/users/me/addresses/{address_id}": () => ({ label: "Mine" }),
  "PATCH /api/v1/pricing-rules/{rule_id}": () => ({ discount_value: 99 }),
  "POST /api/v1/inventory/transfers/{transfer_id}/receipts": ({ product_id }) => ({ items: [{ product_id, quantity: 1 }] }),
  "PATCH /api/v1/webhook-endpoints/{endpoint_id}": () => ({ url: "https://eve.example.com/" }),
};

const OWNED = /\{(?:cart|order|user|address|key|rule|transfer|endpoint)_id\}/;
const { operations } = await readOperations();
const owned = operations.filter(({ name, path }) => OWNED.test(path) || name === "POST /api/v1/checkout");

describe("records of another customer", () => {
  let shop: Shop;
  let ids: Ids;
  let strangers: Record<string, string | undefined>;

  beforeAll(async () => {
    shop = await openAttackedShop();
    const victim = await userOf();
    ids = await idsOf(shop, victim);
    const eve = await userOf();
    const { order_token: token } = await placed(bodyOf([shop.rice], { customer_name: "Eve" }));
    strangers = {
      guest: undefined,
      customer: eve.token,
      "the holder of another order's token": token,
      "empty key": shop.tokens["empty key"],
    };
  });

  it("are the subject of at least 30 operations", ({ expect }) => {
    expect(owned.length).toBeGreaterThanOrEqual(30);
  });

  it.for(owned.map((operation) => [operation.name, operation] as const))(
    "are hidden from strangers: %s",
    async ([, operation], { expect }) => {
      for (const [name, token] of Object.entries(strangers)) {
        const before = await readWrites([shop.rice]);

        const { status, text } = await send(shop, operation, ids, token);
        const { text: unknownText, status: unknownStatus } = await send(shop, operation, unknownIds(ids), token);

        expect(operation.name === OPEN ? [202] : [401, 403, 404], `${name}: ${text}`).toContain(status);
        expect(writtenBetween(before, await readWrites([shop.rice])), name).toEqual([]);
        expect(VICTIM_DATA.filter((data) => text.includes(data))).toEqual([]);
        // The answer does not reveal whether the record exists.
        expect([unknownStatus, withoutRequestId(unknownText)], name).toEqual([status, withoutRequestId(text)]);
      }
    },
  );

  it("still belong to the victim, unchanged", async ({ expect }) => {
    const { token } = ids;
    if (token === undefined) throw new Error("The victim has no token");

    const order = await (await get(`/api/v1/orders/${ids.order_id}`, { token })).json();

    expect(order).toMatchObject({ ...PERSON, ...PLACE, status: "PENDING" });
    expect((await readCart(ids.cart_id ?? "", { token })).items).toHaveLength(1);
  });
});

async function idsOf({ rice }: Shop, { token, userId }: { token: string; userId: string }): Promise<Ids> {
  const order: OrderBody = await placed(bodyOf([rice], { ...PERSON, ...PLACE, payment_method: "card" }), { token });
  const cartId = await cartOf({}, { token });
  await putItem(cartId, rice, 1, {}, { token });
  const { endpoint_id } = await madeEndpoint({ events: ["stock.low"] });
  const event = await happened("stock.low");
  return {
    token,
    order_id: order.order_id,
    order_token: "X".repeat(52),
    return_id: "RET7Q2M4X0C9V5T1B8N3K6J2H4G5F",
    cart_id: cartId,
    item_id: (await readCart(cartId, { token })).items[0]?.item_id ?? "",
    user_id: userId,
    address_id: (await added(token, { line1: PLACE.delivery_address, name: PERSON.customer_name })).address_id,
    key_id: (await keyOf(["inventory:read"])).keyId,
    rule_id: (await postRule({ product_id: rice })).rule_id,
    transfer_id: (await sent({ [rice]: 5 })).transfer_id,
    endpoint_id,
    delivery_id: `${event}:${endpoint_id}`,
    product_id: rice,
  };
}

/** Ids of the same form that no record has. */
function unknownIds(ids: Ids): Ids {
  const isKept = new Set(["product_id", "item_id", "order_token"]);
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, isKept.has(name) ? id : `${id.slice(0, -3)}000`]));
}

async function send(shop: Shop, { name, method, path }: Operation, ids: Ids, token: string | undefined) {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, id: string) => encodeURIComponent(ids[id] ?? ""));
  const body = BODIES[name]?.(ids);
  const headers = {
    ...(body && { "Content-Type": "application/json" }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  const response = await shop.fetch(
    new Request(`http://holdfast.test${address}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
  );
  return { status: response.status, text: await response.text() };
}

function withoutRequestId(text: string): string {
  const { request_id: _, ...problem } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(problem);
}

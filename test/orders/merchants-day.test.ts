import { env } from "cloudflare:workers";
import { beforeAll, it, vi } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { type AskOptions, get, post } from "../support/http/requests.ts";
import { ADMIN, fulfillments, FULFILLMENTS, ship, type ShipmentBody, type ShippedOrder } from "../support/orders/fulfillment.ts";
import { ORDERS, placed, read, show, unitsOf } from "../support/orders/http.ts";
import { newPaper, note, noteParcel, type Paper } from "../support/orders/paper.ts";
import { product, receive } from "../support/shop/shop.ts";
import { openShop } from "../support/shop/warehouses.ts";

// A shop's whole day over HTTP. What has to be true in the evening is computed from the requests alone, on the merchant's own paper.

const PRICES = { rice: 150, dal: 80, oil: 60 };
const DELIVERY = 49;
const ORDER_COUNT = 20;

type Name = keyof typeof PRICES;
type Basket = Partial<Record<Name, number>>;
type Sold = { id: string; basket: Basket; isCard: boolean };

interface DayOrder extends ShippedOrder {
  amount_due: number;
  refund_due: number;
  paid_total: number;
  refunded_total: number;
}

beforeAll(openShop);

const call = async <B = Record<string, unknown>>(path: string, body: unknown, status: number): Promise<B> => {
  const answer = await read<B>(await post(path, body, ADMIN));
  if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};

/** Every order takes one or two of each: orders 0 to 5 all three, the others rice, dal or oil alone. */
function basketOf(index: number): Basket {
  if (index < 6) return { rice: 2, dal: 1, oil: 1 };
  return { [(["rice", "dal", "oil"] as const)[index % 3] ?? "rice"]: 1 + (index % 2) };
}

const worth = (basket: Basket) =>
  Object.entries(basket).reduce((sum, [name, units]) => sum + PRICES[name as Name] * units, DELIVERY);

it("a merchant's day: at its end the shelf, the parcels and the money add up", async ({ expect }) => {
  const paper = newPaper();
  const ids = await receiveGoods(paper);
  const { rice, dal, oil } = ids;

  // Twenty orders: guests and customers, cash, and every fourth by card, which is confirmed by hand.
  const orders: Sold[] = [];
  const customer = await userOf();
  for (let index = 0; index < ORDER_COUNT; index += 1) {
    orders.push(await sell(paper, ids, index, index % 3 === 0 ? { token: customer.token } : {}));
    expect((await page(orders.at(-1)?.id ?? ""))["total"]).toBe(worth(basketOf(index)));
  }
  const [parts, cancelledInPart, door, paidCard, ...others] = orders as [Sold, Sold, Sold, Sold, ...Sold[]];

  // The pick lists of all warehouses together are what the orders want.
  expect(await picked()).toEqual(wanted(ids, orders));

  // Three parcels with tracking for the first order: one of rice, then the oil, then the rest.
  await parcel(paper, parts.id, [{ line_no: 1, quantity: 1 }], "AWB-1");
  await parcel(paper, parts.id, [{ line_no: 3, quantity: 1 }], "AWB-2");

  // A customer wants one bag of rice less.
  await call(`${ORDERS}/${cancelledInPart.id}/cancel`, { items: [{ line_no: 1, quantity: 1 }], reason: "One is enough" }, 200);

  // Noon: the clerk counts with unpacked goods on the shelf, and finds one bag of rice torn away.
  const counted = Number(paper.shelf.get(`${rice} BLR`)) - 1;
  const place = { product_id: rice, warehouse_id: "BLR" };
  await call("/api/v1/inventory/counts", { ...place, counted, expected_on_hand: counted + 1 }, 200);
  note(paper, rice, "BLR", -1);

  // Five dal are sent to Mumbai and called back.
  const sent = { from_warehouse_id: "BLR", to_warehouse_id: "MUM", items: [{ product_id: dal, quantity: 5 }] };
  const { transfer_id: transferId } = await call<{ transfer_id: string }>("/api/v1/inventory/transfers", sent, 201);
  await call(`/api/v1/inventory/transfers/${transferId}/recall`, { reason: "Wrong van" }, 200);

  // A card customer cancels the oil before it is packed, and gets exactly its price back.
  await call(`${ORDERS}/${paidCard.id}/cancel`, { items: [{ line_no: 3, quantity: 1 }] }, 200);
  await call(`${ORDERS}/${paidCard.id}/refunds`, { amount: PRICES.oil, reason: "Cancelled" }, 200);
  paper.refundedMinor += PRICES.oil * 100;

  // Afternoon: everything that is left goes out; the third parcel of the first order is the rest of it.
  for (const { id } of [parts, cancelledInPart, door, paidCard, ...others]) await shipRest(paper, id);

  // At one door the customer gives the oil back, and pays the rest.
  const back = { items: [{ product_id: oil, quantity: 1, condition: "sellable" }], reason: "Not wanted" };
  const parcelOfOil = (await page(door.id)).shipments.find(({ items }) => items.some((item) => item.variant_id === oil));
  await call(`${ORDERS}/${door.id}/returns`, back, 200);
  note(paper, oil, parcelOfOil?.warehouse_id ?? "", 1);

  // Evening: the riders bring the cash.
  const owed = new Map(orders.filter(({ isCard }) => !isCard).map(({ id, basket }) => [id, worth(basket)]));
  owed.set(cancelledInPart.id, worth(cancelledInPart.basket) - PRICES.rice);
  owed.set(door.id, worth(door.basket) - PRICES.oil);
  for (const [id, amount] of owed) await pay(paper, id, amount);

  const pages = await Promise.all(orders.map(({ id }) => page(id)));
  expect(new Set(pages.map(({ status, amount_due: due, refund_due: back_ }) => `${status} ${due} ${back_}`))).toEqual(
    new Set(["COMPLETED 0 0"]),
  );
  expect(pages.find(({ order_id: id }) => id === parts.id)?.shipments.length).toBeGreaterThanOrEqual(3);
  expect(sum(pages.map((each) => each.paid_total)) * 100).toBe(paper.takenMinor);
  expect(sum(pages.map((each) => each.refunded_total)) * 100).toBe(paper.refundedMinor);
  const shipped = pages.flatMap(({ shipments }) => shipments.flatMap(({ items }) => items));
  for (const productId of [rice, dal, oil])
    expect(sum(shipped.filter((each) => each.variant_id === productId).map((each) => each.quantity))).toBe(
      paper.parcels.get(productId),
    );
  await vi.waitFor(async () => {
    for (const productId of [rice, dal, oil]) expect(await unitsOf(productId)).toEqual(shelfOf(paper, productId));
  });
  expect((await fulfillments("limit=100")).fulfillments).toEqual([]);
  expect(await Promise.all([rice, dal, oil].map((productId) => env.STOCK.getByName(productId).audit()))).toEqual([[], [], []]);
}, 60_000);

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

const page = async (orderId: string) => (await show<DayOrder>(orderId, ADMIN)).body;

/** Morning: goods are received. @returns the products by their names */
async function receiveGoods(paper: Paper): Promise<Record<Name, string>> {
  const made = Object.entries(PRICES).map(async ([name, price]) => [name, (await product({ name, price })).productId]);
  const ids = Object.fromEntries(await Promise.all(made)) as Record<Name, string>;
  for (const [productId, warehouseId, units] of [
    [ids.rice, "BLR", 30],
    [ids.rice, "MUM", 10],
    [ids.dal, "BLR", 30],
    [ids.oil, "MUM", 30],
  ] as const) {
    await receive(productId, units, { warehouseId });
    note(paper, productId, warehouseId, units);
  }
  return ids;
}

/** Places an order; a card payment is confirmed at once. */
async function sell(paper: Paper, ids: Record<Name, string>, index: number, options: AskOptions): Promise<Sold> {
  const [basket, isCard] = [basketOf(index), index % 4 === 3];
  const items = Object.entries(basket).map(([name, quantity]) => ({ product_id: ids[name as Name], quantity }));
  const [postal_code, payment_method] = [index % 2 ? "400050" : "560034", isCard ? "card" : "cod"];
  const { order_id: id } = await placed({ customer_name: `Customer ${index}`, items, postal_code, payment_method }, options);
  if (isCard) await pay(paper, id, worth(basket));
  return { id, basket, isCard };
}

async function pay(paper: Paper, orderId: string, amount: number): Promise<void> {
  await call(`${ORDERS}/${orderId}/payment/confirm`, { payment_reference: `REF-${orderId}`, amount, currency: "INR" }, 200);
  paper.takenMinor += amount * 100;
}

/** Ships a line from whichever warehouse has it. */
async function parcel(paper: Paper, orderId: string, items: object[], tracking: string): Promise<void> {
  const { fulfillments: work } = await fulfillments("limit=100");
  const [line] = items as { line_no: number }[];
  const at = work.find(({ order_id: id, lines }) => id === orderId && lines.some((each) => each.line_no === line?.line_no));
  const { status, body } = await ship(orderId, at?.warehouse_id ?? "", {
    items,
    carrier: "Delhivery",
    tracking_number: tracking,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  noteAll(paper, body);
}

/** Ships all that is left of an order, from each warehouse. */
async function shipRest(paper: Paper, orderId: string): Promise<void> {
  const { fulfillments: work } = await fulfillments("limit=100");
  for (const { warehouse_id: at } of work.filter(({ order_id: id }) => id === orderId)) {
    const { body } = await ship(orderId, at, { carrier: "Delhivery", tracking_number: `AWB-${orderId}-${at}` });
    noteAll(paper, body);
  }
}

function noteAll(paper: Paper, { warehouse_id: at, items }: ShipmentBody): void {
  const units = items.map(({ variant_id: productId, quantity }) => ({ product_id: productId, quantity }));
  noteParcel(paper, at, units);
}

async function picked(): Promise<Record<string, number>> {
  const units: Record<string, number> = {};
  for (const warehouseId of ["BLR", "MUM", "DEL"]) {
    const path = `${FULFILLMENTS}/pick-list?warehouse_id=${warehouseId}`;
    const { items } = await (await get(path, ADMIN)).json<{ items: { product_id: string; quantity: number }[] }>();
    for (const { product_id: id, quantity } of items) units[id] = (units[id] ?? 0) + quantity;
  }
  return units;
}

function wanted(ids: Record<Name, string>, orders: readonly Sold[]): Record<string, number> {
  const units = Object.entries(ids).map(([name, id]) => [id, sum(orders.map(({ basket }) => basket[name as Name] ?? 0))]);
  return Object.fromEntries(units) as Record<string, number>;
}

function shelfOf({ shelf }: Paper, productId: string): Record<string, number[]> {
  const places = [...shelf].filter(([place]) => place.startsWith(`${productId} `));
  return Object.fromEntries(places.map(([place, units]) => [place.split(" ")[1], [units, 0]]));
}

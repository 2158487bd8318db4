import type { Answer, Call } from "./connection.ts";

/** Sends one request of a client, and counts it under a name. */
export type Send = (name: string, call: Call) => Promise<Answer>;

/** A random number from 0 up to, but not including, 1. */
export type Random = () => number;

/** As many as `bare-migrations` has. */
export const PRODUCTS = 200;
/** The hot product. */
const HOT = productIdOf(0);
/** The product of the run past saturation, which no other load orders. */
export const FLOODED = "flood";
const FEW_LINES = 5;

/** The id of one of the products that orders are spread over. */
export function productIdOf(index: number): string {
  return `bench-${index}`;
}

/** The rounds that each client repeats, one request after the other. */
export const WORKLOADS = {
  "1 line, spread": order(1, false),
  "1 line, hot": order(1, true),
  "5 lines, spread": order(FEW_LINES, false),
  "5 lines, hot": order(FEW_LINES, true),
  cart: fillAndCheckOut,
  availability: (send: Send, random: Random) =>
    read(send, "availability", `/api/v1/inventory/products/${anyProduct(random)}/availability/2?postal_code=560034`),
  product: (send: Send, random: Random) =>
    read(send, "product page", `/api/v1/products/${anyProduct(random)}?postal_code=560034`),
};

export type Workload = keyof typeof WORKLOADS;

/** The workloads that the bare Worker supports too. */
export const ORDERS = ["1 line, spread", "1 line, hot", "5 lines, spread", "5 lines, hot"] as const satisfies Workload[];

const BUYER = { customer_name: "Asha", postal_code: "560034", delivery_method: "curbside" };

/** The body of an order of some distinct products, with or without the hot one. */
function orderBody(lines: number, isHot: boolean, random: Random) {
  const chosen = new Set(isHot ? [HOT] : []);
  while (chosen.size < lines) chosen.add(anyProduct(random));
  return { ...BUYER, items: [...chosen].map((productId) => ({ product_id: productId, quantity: 1 })) };
}

function order(lines: number, isHot: boolean) {
  return (send: Send, random: Random): Promise<unknown> =>
    send("order", { method: "POST", path: "/api/v1/orders", body: orderBody(lines, isHot, random) });
}

async function fillAndCheckOut(send: Send, random: Random): Promise<void> {
  const created = await send("create a cart", { method: "POST", path: "/api/v1/carts", body: { postal_code: "560034" } });
  const { cart_id: cartId } = JSON.parse(created.body) as { cart_id: string };
  const item = { product_id: anyProduct(random), quantity: 1 };
  await send("add an item", { method: "POST", path: `/api/v1/carts/${cartId}/items`, body: item });
  await send("check out", { method: "POST", path: "/api/v1/checkout", body: { customer_name: "Asha", cart_id: cartId } });
}

function read(send: Send, name: string, path: string): Promise<unknown> {
  return send(name, { method: "GET", path });
}

function anyProduct(random: Random): string {
  return productIdOf(Math.floor(random() * PRODUCTS));
}

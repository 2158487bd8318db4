import type { Random } from "../../support/random.ts";
import { POSTAL_CODES, PROMO, SOLD, type Sold } from "./shop.ts";
import { acceptedAnswer, type Answer, type Entry, type KnownOrder, textField, type Workload } from "./workload.ts";

// The actions of shoppers.

const MAX_LINES = 3;
const MAX_UNITS = 4;
const MAX_EDITS = 4;
/** The most recent orders, which most actions choose from. */
const RECENT_ORDERS = 40;

interface Line {
  productId: string;
  variantId: string;
  quantity: number;
}

/** Places an order with one or several lines, paid on delivery or in advance, sometimes with a promo code. */
export async function buy(workload: Workload, random: Random): Promise<void> {
  const lines = someLines(random);
  const isCod = random.chance(0.6);
  const entry = await workload.send({
    what: "order",
    method: "POST",
    path: "/api/v1/orders",
    body: {
      ...buyer(random, isCod),
      items: lines.map(({ productId, variantId, quantity }) => ({ product_id: productId, variant_id: variantId, quantity })),
      ...(random.chance(0.15) ? { promo_code: PROMO.code } : {}),
    },
  });
  rememberOrder(workload, entry);
}

/** Fills a cart, edits it, and checks it out, sometimes twice at once under different keys, or abandons it. */
export async function useCart(workload: Workload, random: Random): Promise<void> {
  const created = await workload.send({
    what: "cart",
    method: "POST",
    path: "/api/v1/carts",
    body: { postal_code: random.pick(POSTAL_CODES) },
  });
  const cartId = textField(acceptedAnswer(created)?.body, "cart_id");
  if (cartId === "") return;
  const wanted = [random.pick(SOLD), random.pick(SOLD)];
  for (let edit = random.between(1, MAX_EDITS); edit > 0; edit -= 1)
    await editCart(workload, random, cartId, random.pick(wanted));
  if (random.chance(0.3)) return;
  const checkOut = () =>
    workload.send({
      what: "checkout",
      method: "POST",
      path: "/api/v1/checkout",
      body: { ...buyer(random, random.chance(0.5)), cart_id: cartId },
    });
  const tries = await Promise.all(random.chance(0.2) ? [checkOut(), checkOut()] : [checkOut()]);
  for (const entry of tries) rememberOrder(workload, entry);
  if (random.chance(0.2)) await editCart(workload, random, cartId, random.pick(wanted));
}

async function editCart(workload: Workload, random: Random, cartId: string, { productId, variantId }: Sold): Promise<void> {
  const path = `/api/v1/carts/${cartId}/items`;
  const quantity = random.between(1, MAX_UNITS);
  const action = random.next();
  if (action < 0.15) await workload.send({ what: "edit", method: "DELETE", path: `${path}/${variantId}` });
  else if (action < 0.35)
    await workload.send({ what: "edit", method: "PATCH", path: `${path}/${variantId}`, body: { quantity } });
  else
    await workload.send({ what: "edit", method: "POST", path, body: { product_id: productId, variant_id: variantId, quantity } });
}

/** Cancels an order with its order token. */
export async function cancel(workload: Workload, random: Random): Promise<void> {
  const order = someOrder(workload, random);
  if (!order) return;
  await workload.send({ what: "cancel", method: "POST", path: `/api/v1/orders/${order.orderId}/cancel`, token: order.token });
}

/** A random order of the log that matches; mostly a recent one, so that actions meet. */
export function someOrder(
  workload: Workload,
  random: Random,
  matches: (order: KnownOrder) => boolean = () => true,
): KnownOrder | undefined {
  const recent = workload.orders.slice(-RECENT_ORDERS).filter(matches);
  const all = random.chance(0.7) ? recent : workload.orders.filter(matches);
  return all.length > 0 ? random.pick(all) : undefined;
}

function buyer(random: Random, isCod: boolean) {
  return {
    customer_name: "A shopper",
    postal_code: random.pick(POSTAL_CODES),
    delivery_method: random.pick(["curbside", "curbside", "in_door", "self_service"]),
    payment_method: isCod ? "cod" : "card",
  };
}

function someLines(random: Random): Line[] {
  const wanted = Array.from({ length: random.between(1, MAX_LINES) }, () => random.pick(SOLD));
  return [...new Set(wanted)].map(({ productId, variantId }) => ({
    productId,
    variantId,
    quantity: random.between(1, MAX_UNITS),
  }));
}

function rememberOrder(workload: Workload, entry: Entry): void {
  const answer = acceptedAnswer(entry);
  if (answer) workload.orders.push(knownOf(answer));
}

interface OrderBody {
  order_id: string;
  order_token: string;
  total: number;
  payment_method: string;
  items: { product_id: string; variant_id: string; quantity: number }[];
}

function knownOf({ body }: Answer): KnownOrder {
  const order = body as unknown as OrderBody;
  return {
    orderId: order.order_id,
    token: order.order_token,
    total: order.total,
    isCod: order.payment_method === "cod",
    lines: order.items.map((item) => ({ productId: item.product_id, variantId: item.variant_id, quantity: item.quantity })),
  };
}

import type { Random } from "../../support/random.ts";
import { POSTAL_CODES, PROMO, SOLD, type Sold } from "./shop.ts";
import { acceptedOf, type Answer, type Entry, type KnownOrder, textIn, type World } from "./workload.ts";

// What shoppers do. Each begins by chance and sees what comes of it.

const MAX_LINES = 3;
const MAX_UNITS = 4;
const MAX_EDITS = 4;
const MAX_KNOWN = 40;

interface Line {
  productId: string;
  variantId: string;
  quantity: number;
}

/** Places an order: of one line or several, at the door or in advance, now and then with a code. */
export async function buy(world: World, random: Random): Promise<void> {
  const lines = someLines(random);
  const isCod = random.chance(0.6);
  const entry = await world.ask({
    what: "order",
    method: "POST",
    path: "/api/v1/orders",
    body: {
      ...buyer(random, isCod),
      items: lines.map(({ productId, variantId, quantity }) => ({ product_id: productId, variant_id: variantId, quantity })),
      ...(random.chance(0.15) ? { promo_code: PROMO.code } : {}),
    },
  });
  learn(world, entry);
}

/** Fills a cart, changes it, and checks it out, sometimes twice at once under different keys, or leaves it. */
export async function shop(world: World, random: Random): Promise<void> {
  const made = await world.ask({
    what: "cart",
    method: "POST",
    path: "/api/v1/carts",
    body: { postal_code: random.pick(POSTAL_CODES) },
  });
  const cartId = textIn(acceptedOf(made)?.body, "cart_id");
  if (cartId === "") return;
  const mine = [random.pick(SOLD), random.pick(SOLD)];
  for (let edit = random.between(1, MAX_EDITS); edit > 0; edit -= 1) await editCart(world, random, cartId, random.pick(mine));
  if (random.chance(0.3)) return;
  const checkOut = () =>
    world.ask({
      what: "checkout",
      method: "POST",
      path: "/api/v1/checkout",
      body: { ...buyer(random, random.chance(0.5)), cart_id: cartId },
    });
  const tries = await Promise.all(random.chance(0.2) ? [checkOut(), checkOut()] : [checkOut()]);
  for (const entry of tries) learn(world, entry);
  if (random.chance(0.2)) await editCart(world, random, cartId, random.pick(mine));
}

async function editCart(world: World, random: Random, cartId: string, { productId, variantId }: Sold): Promise<void> {
  const path = `/api/v1/carts/${cartId}/items`;
  const quantity = random.between(1, MAX_UNITS);
  const how = random.next();
  if (how < 0.15) await world.ask({ what: "edit", method: "DELETE", path: `${path}/${variantId}` });
  else if (how < 0.35) await world.ask({ what: "edit", method: "PATCH", path: `${path}/${variantId}`, body: { quantity } });
  else await world.ask({ what: "edit", method: "POST", path, body: { product_id: productId, variant_id: variantId, quantity } });
}

/** Cancels an order that somebody was given, with its own token. */
export async function cancel(world: World, random: Random): Promise<void> {
  const order = someOrder(world, random);
  if (!order) return;
  await world.ask({ what: "cancel", method: "POST", path: `/api/v1/orders/${order.orderId}/cancel`, token: order.token });
}

/** An order that clients know of; mostly a young one, for those meet more. */
export function someOrder(world: World, random: Random, is: (order: KnownOrder) => boolean = () => true): KnownOrder | undefined {
  const young = world.orders.slice(-MAX_KNOWN).filter(is);
  const all = random.chance(0.7) ? young : world.orders.filter(is);
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

function learn(world: World, entry: Entry): void {
  const answer = acceptedOf(entry);
  if (answer) world.orders.push(knownOf(answer));
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

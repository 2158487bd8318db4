import { claimCart } from "../../../src/carts/claim-cart.ts";
import { createCart } from "../../../src/carts/create-cart.ts";
import type { ItemEdit } from "../../../src/carts/plan-edit.ts";
import { editItem } from "../../../src/carts/edit-item.ts";
import type { Caller } from "../../../src/deps.ts";
import { checkOut } from "../../../src/orders/checkout/check-out.ts";
import { mayRole } from "../../../src/rules/rights.ts";
import { expectRefusal, sendUntilAnswered, newKey, sendOnce, pause, type Simulation } from "./client.ts";
import { drawBuyer, recordPlacement, drawQuantity } from "./shoppers.ts";
import { PROMO_CODE, SOLD } from "../shop.ts";
import type { KnownCart } from "./acknowledged.ts";

const GUEST: Caller = { role: "guest", actor: "guest", scope: "guest", may: (action) => mayRole("guest", action) };
const CUSTOMERS = ["USR1", "USR2"].map((userId): Caller => {
  const scope = `user:${userId}`;
  return { role: "customer", actor: scope, scope, userId, tier: "standard", may: (action) => mayRole("customer", action) };
});

/** All shoppers share these carts, so that their edits and checkouts meet. */
const MAX_CARTS = 3;

async function anyCart(sim: Simulation): Promise<KnownCart> {
  const { random, cover } = sim.scheduler;
  const { carts } = sim.acknowledged;
  if (carts.length >= MAX_CARTS || (carts.length > 0 && random.chance(0.6))) return random.pick(carts);
  const keyed = newKey(sim);
  const caller = random.chance(0.3) ? random.pick(CUSTOMERS) : GUEST;
  const place = { country: "IN", postalCode: undefined };
  const reply = await sendUntilAnswered(sim, `cart ${keyed.id}`, (deps) => createCart(deps, keyed, caller, place));
  if ("refusal" in reply) return anyCart(sim);
  cover("cart created");
  const cart = { cartId: reply.answer.answer.row.cartId, caller };
  carts.push(cart);
  return cart;
}

/** Edits a random cart. */
export async function editAnyCart(sim: Simulation): Promise<void> {
  await editCart(sim, await anyCart(sim));
}

/** Adds a line to a cart, changes it or removes it. @returns its variant */
async function editCart(
  sim: Simulation,
  cart: KnownCart,
  variantId = sim.scheduler.random.pick(SOLD),
): Promise<(typeof SOLD)[number]> {
  const { random } = sim.scheduler;
  const kind = random.weighted({ put: 6, change: 2, remove: 1 });
  const promo = random.chance(0.2) ? { promoCode: PROMO_CODE } : {};
  const wanted = { variantId };
  const change: ItemEdit = { cartId: cart.cartId, wanted, kind, quantity: drawQuantity(sim), ...promo };
  const keyed = newKey(sim);
  const label = `edit ${keyed.id} ${kind} ${change.quantity} ${wanted.variantId} of ${cart.cartId.slice(0, 6)}`;
  const isKeyed = random.chance(0.7);
  const reply = isKeyed
    ? await sendUntilAnswered(sim, label, (deps) => editItem(deps, keyed, cart.caller, change))
    : await sendOnce(sim, label, (deps) => editItem(deps, undefined, cart.caller, change));
  const codes = ["insufficient_stock", "more_than_share", "checking_out", "cart_checked_out", "not_found"] as const;
  if (reply && "refusal" in reply) expectRefusal(sim, label, reply.refusal, codes);
  return variantId;
}

/** Fills a cart and checks it out; sometimes twice at once under different keys and addresses, or with an edit at the same time. */
export async function checkCartOut(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const cart = await anyCart(sim);
  let variantId: (typeof SOLD)[number] | undefined;
  for (let left = random.below(3); left > 0; left -= 1) variantId = await editCart(sim, cart);
  if (random.chance(0.3)) await pause(sim, random.pick([1_000, 60_000, 899_900, 901_000]));
  if (random.chance(0.3)) return editDuringCheckout(sim, cart, variantId);
  const isTwice = random.chance(0.4);
  await Promise.all(isTwice ? [checkOutCart(sim, cart), checkOutCart(sim, cart)] : [checkOutCart(sim, cart)]);
}

/** Checks a cart out and edits it at the same time. The checkout is sent once, whether answered or not. */
async function editDuringCheckout(sim: Simulation, cart: KnownCart, variantId: (typeof SOLD)[number] | undefined): Promise<void> {
  await Promise.all([checkOutCart(sim, cart, sendOnce), editCart(sim, cart, variantId)]);
}

async function checkOutCart(
  sim: Simulation,
  { cartId, caller }: KnownCart,
  send: typeof sendUntilAnswered | typeof sendOnce = sendUntilAnswered,
): Promise<void> {
  const keyed = newKey(sim);
  const buyer = { ...drawBuyer(sim), userId: caller.userId ?? null, tier: caller.tier ?? null };
  const label = `checkout ${keyed.id} of ${cartId.slice(0, 6)} ${buyer.country} ${buyer.paymentMethod}`;
  const reply = await send(sim, label, (deps) => checkOut(deps, { ...buyer, cartId, mayUseAny: false }, keyed));
  if (!reply) return;
  if ("answer" in reply) {
    sim.scheduler.cover("cart checked out");
    sim.acknowledged.checkouts.push({ cartId, orderId: reply.answer.order.orderId });
    return recordPlacement(sim, label, reply, undefined);
  }
  const { code, members } = reply.refusal;
  if (code === "insufficient_stock" || code === "total_changed") return recordPlacement(sim, label, reply, `ORD${keyed.id}`);
  expectRefusal(sim, label, reply.refusal, ["cart_checked_out", "validation_failed", "not_found"]);
  if (code === "cart_checked_out") sim.acknowledged.checkouts.push({ cartId, orderId: String(members.order_id) });
}

/** Claims a guest's cart for an account, which adds its lines to the account's open cart if there is one. */
export async function claimAnyCart(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const cart = await anyCart(sim);
  const caller = random.pick(CUSTOMERS);
  const keyed = newKey(sim);
  const label = `claim ${keyed.id} of ${cart.cartId.slice(0, 6)} by ${caller.actor}`;
  const reply = await sendUntilAnswered(sim, label, (deps) =>
    claimCart(deps, keyed, caller, { cartId: cart.cartId, edge: undefined }),
  );
  if ("refusal" in reply) return expectRefusal(sim, label, reply.refusal, ["cart_checked_out", "not_found"]);
  sim.scheduler.cover("cart claimed");
  const { cartId } = reply.answer.view.row;
  if (cartId === cart.cartId) cart.caller = caller;
  else if (!sim.acknowledged.carts.some((known) => known.cartId === cartId)) sim.acknowledged.carts.push({ cartId, caller });
}

import { claimCart } from "../../../src/carts/claim-cart.ts";
import { createCart } from "../../../src/carts/create-cart.ts";
import type { ItemEdit } from "../../../src/carts/plan-edit.ts";
import { editItem } from "../../../src/carts/edit-item.ts";
import type { Caller } from "../../../src/deps.ts";
import { checkOut } from "../../../src/orders/checkout/check-out.ts";
import { mayRole } from "../../../src/rules/rights.ts";
import { expectCode, insist, newKey, once, pause, type Sim } from "./client.ts";
import { buyerOf, hearOrder, unitsOf } from "./shoppers.ts";
import { PROMO_CODE, SOLD } from "../shop.ts";
import type { KnownCart } from "./acknowledged.ts";

const GUEST: Caller = { role: "guest", actor: "guest", scope: "guest", may: (action) => mayRole("guest", action) };
const CUSTOMERS = ["USR1", "USR2"].map((userId): Caller => {
  const scope = `user:${userId}`;
  return { role: "customer", actor: scope, scope, userId, tier: "standard", may: (action) => mayRole("customer", action) };
});

/** Every shopper knows every cart: so their edits and checkouts meet. */
const MAX_CARTS = 3;

async function cartOf(sim: Sim): Promise<KnownCart> {
  const { chance, met } = sim.world;
  const { carts } = sim.told;
  if (carts.length >= MAX_CARTS || (carts.length > 0 && chance.is(0.6))) return chance.pick(carts);
  const keyed = newKey(sim);
  const caller = chance.is(0.3) ? chance.pick(CUSTOMERS) : GUEST;
  const place = { country: "IN", postalCode: undefined };
  const heard = await insist(sim, `cart ${keyed.id}`, (deps) => createCart(deps, keyed, caller, place));
  if ("refusal" in heard) return cartOf(sim);
  met("cart made");
  const cart = { cartId: heard.answer.answer.row.cartId, caller };
  carts.push(cart);
  return cart;
}

/** Changes some cart. */
export async function editSome(sim: Sim): Promise<void> {
  await edit(sim, await cartOf(sim));
}

/** Puts something into a cart, changes it or takes it out. @returns what */
async function edit(sim: Sim, cart: KnownCart, variantId = sim.world.chance.pick(SOLD)): Promise<(typeof SOLD)[number]> {
  const { chance } = sim.world;
  const kind = chance.weighed({ put: 6, change: 2, remove: 1 });
  const promo = chance.is(0.2) ? { promoCode: PROMO_CODE } : {};
  const wanted = { variantId };
  const change: ItemEdit = { cartId: cart.cartId, wanted, kind, quantity: unitsOf(sim), ...promo };
  const keyed = newKey(sim);
  const words = `edit ${keyed.id} ${kind} ${change.quantity} ${wanted.variantId} of ${cart.cartId.slice(0, 6)}`;
  const isKeyed = chance.is(0.7);
  const heard = isKeyed
    ? await insist(sim, words, (deps) => editItem(deps, keyed, cart.caller, change))
    : await once(sim, words, (deps) => editItem(deps, undefined, cart.caller, change));
  const codes = ["insufficient_stock", "more_than_share", "checking_out", "cart_checked_out", "not_found"] as const;
  if (heard && "refusal" in heard) expectCode(sim, words, heard.refusal, codes);
  return variantId;
}

/** Fills a cart and checks it out; now and then twice at once, under different keys and for different addresses, or in two minds. */
export async function checkCartOut(sim: Sim): Promise<void> {
  const { chance } = sim.world;
  const cart = await cartOf(sim);
  let inCart: (typeof SOLD)[number] | undefined;
  for (let left = chance.below(3); left > 0; left -= 1) inCart = await edit(sim, cart);
  if (chance.is(0.3)) await pause(sim, chance.pick([1_000, 60_000, 899_900, 901_000]));
  if (chance.is(0.3)) return changeMind(sim, cart, inCart);
  const isTwice = chance.is(0.4);
  await Promise.all(isTwice ? [checkOnce(sim, cart), checkOnce(sim, cart)] : [checkOnce(sim, cart)]);
}

/** Checks a cart out and changes it at once, and lets the checkout be if it is not answered. */
async function changeMind(sim: Sim, cart: KnownCart, variantId: (typeof SOLD)[number] | undefined): Promise<void> {
  await Promise.all([checkOnce(sim, cart, once), edit(sim, cart, variantId)]);
}

async function checkOnce(sim: Sim, { cartId, caller }: KnownCart, send: typeof insist | typeof once = insist): Promise<void> {
  const keyed = newKey(sim);
  const buyer = { ...buyerOf(sim), userId: caller.userId ?? null, tier: caller.tier ?? null };
  const words = `checkout ${keyed.id} of ${cartId.slice(0, 6)} ${buyer.country} ${buyer.paymentMethod}`;
  const heard = await send(sim, words, (deps) => checkOut(deps, { ...buyer, cartId, mayUseAny: false }, keyed));
  if (!heard) return;
  if ("answer" in heard) {
    sim.world.met("cart checked out");
    sim.told.checkouts.push({ cartId, orderId: heard.answer.order.orderId });
    return hearOrder(sim, words, heard, undefined);
  }
  const { code, members } = heard.refusal;
  if (code === "insufficient_stock" || code === "total_changed") return hearOrder(sim, words, heard, `ORD${keyed.id}`);
  expectCode(sim, words, heard.refusal, ["cart_checked_out", "validation_failed", "not_found"]);
  if (code === "cart_checked_out") sim.told.checkouts.push({ cartId, orderId: String(members.order_id) });
}

/** Makes a guest's cart an account's, or adds its lines to the one that the account has. */
export async function claim(sim: Sim): Promise<void> {
  const { chance } = sim.world;
  const cart = await cartOf(sim);
  const caller = chance.pick(CUSTOMERS);
  const keyed = newKey(sim);
  const words = `claim ${keyed.id} of ${cart.cartId.slice(0, 6)} by ${caller.actor}`;
  const heard = await insist(sim, words, (deps) => claimCart(deps, keyed, caller, { cartId: cart.cartId, edge: undefined }));
  if ("refusal" in heard) return expectCode(sim, words, heard.refusal, ["cart_checked_out", "not_found"]);
  sim.world.met("cart claimed");
  const { cartId } = heard.answer.view.row;
  if (cartId === cart.cartId) cart.caller = caller;
  else if (!sim.told.carts.some((known) => known.cartId === cartId)) sim.told.carts.push({ cartId, caller });
}

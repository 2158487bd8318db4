import type { Wanted } from "../catalog/rules/sellable.ts";
import { type AppContext, edgeOf } from "../http/context.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { limitCarts } from "../http/rate-limit.ts";
import { challengeGuests } from "../http/turnstile.ts";
import { createRouter } from "../http/router.ts";
import { claimCart } from "./claim-cart.ts";
import * as contract from "./contract.ts";
import { createCart } from "./create-cart.ts";
import { addItem, changeItem, type EditedCart, editItem } from "./edit-item.ts";
import { toCartJson } from "./json.ts";
import { setPromoCode } from "./set-promo-code.ts";
import { showCart } from "./show-cart.ts";

export const cartRoutes = createRouter();

cartRoutes.post("/", limitCarts, challengeGuests);
cartRoutes.post("/:cart_id/items", limitCarts);
cartRoutes.patch("/:cart_id/items/:item_id", limitCarts);
cartRoutes.put("/:cart_id/promo-code", limitCarts);

cartRoutes
  .openapi(contract.createCart, async (c) => {
    const { caller, deps } = c.var;
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const destination = { country: body.country, postalCode: body.postal_code };
    const { answer, status, replayed } = await createCart(deps, keyed, caller, destination);
    if (replayed) c.header("Idempotency-Replayed", "true");
    c.header("Location", `/api/v1/carts/${answer.row.cartId}`);
    return c.json(toCartJson(answer, deps.config), status);
  })
  .openapi(contract.showCart, async (c) => {
    const { caller, deps } = c.var;
    return c.json(toCartJson(await showCart(deps, caller, c.req.valid("param").cart_id), deps.config), 200);
  })
  .openapi(contract.addItem, async (c) => {
    const { caller, deps } = c.var;
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const edited = await addItem(deps, keyed, caller, {
      cartId: c.req.valid("param").cart_id,
      wanted: wantedOf(body),
      quantity: body.quantity,
      promoCode: body.promo_code,
      tier: body.user_tier,
      country: body.country,
      postalCode: body.postal_code,
      edge: edgeOf(c),
    });
    return c.json(editedJson(c, edited), 200);
  })
  .openapi(contract.changeItem, async (c) => {
    const { caller, deps } = c.var;
    const { cart_id: cartId, item_id: variantId } = c.req.valid("param");
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const change = { quantity: body.quantity, promoCode: body.promo_code, tier: body.user_tier, edge: edgeOf(c) };
    const edited = await changeItem(deps, keyed, caller, { cartId, wanted: { variantId }, ...change });
    return c.json(editedJson(c, edited), 200);
  })
  .openapi(contract.removeItem, async (c) => {
    const { caller, deps } = c.var;
    const { cart_id: cartId, item_id: variantId } = c.req.valid("param");
    const keyed = await keyedRequest(c, {});
    const edit = { cartId, wanted: { variantId }, kind: "remove" as const, edge: edgeOf(c) };
    return c.json(editedJson(c, await editItem(deps, keyed, caller, edit)), 200);
  })
  .openapi(contract.setPromoCode, async (c) => {
    const { caller, deps } = c.var;
    const { promo_code: promoCode } = c.req.valid("json");
    const keyed = await keyedRequest(c, { promoCode });
    const edited = await setPromoCode(deps, keyed, caller, { cartId: c.req.valid("param").cart_id, promoCode });
    return c.json(editedJson(c, edited), 200);
  })
  .openapi(contract.claimCart, async (c) => {
    const { caller, deps } = c.var;
    const keyed = await keyedRequest(c, {});
    const { notReserved, ...claimed } = await claimCart(deps, keyed, caller, {
      cartId: c.req.valid("param").cart_id,
      edge: edgeOf(c),
    });
    return c.json({ ...editedJson(c, claimed), not_reserved: notReserved }, 200);
  });

function wantedOf({ product_id: productId, variant_id: variantId }: contract.AddBody): Wanted {
  if (productId !== undefined) return { productId, variantId };
  return { variantId: variantId ?? "" };
}

function editedJson(c: AppContext, { view, replayed }: EditedCart) {
  if (replayed) c.header("Idempotency-Replayed", "true");
  return toCartJson(view, c.var.deps.config);
}

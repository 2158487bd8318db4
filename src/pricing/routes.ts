import { limitGuesses } from "../http/rate-limit.ts";
import { createRouter } from "../http/router.ts";
import * as contract from "./contract.ts";
import { toPriceJson } from "./price-json.ts";
import { showPrice } from "./show-price.ts";
import { verifyTier } from "./verify-tier.ts";

export const priceRoutes = createRouter().openapi(contract.showPrice, async (c) => {
  const { variant_id: variantId, quantity, promo_code: promoCode = null, user_tier: requested } = c.req.valid("query");
  const { caller, deps } = c.var;
  if (promoCode !== null) await limitGuesses(c);
  const price = await showPrice(deps, {
    productId: c.req.valid("param").product_id,
    variantId,
    quantity,
    promoCode,
    tier: verifyTier(caller, requested),
    customerId: caller.role === "customer" ? (caller.userId ?? null) : null,
  });
  return c.json(toPriceJson(price, deps.config), 200);
});

import { createRouter } from "../http/router.ts";
import { checkHealth } from "./check-health.ts";
import * as contract from "./contract.ts";

export const healthRoutes = createRouter().openapi(contract.checkHealth, async (c) => {
  const { currency, decimals } = await checkHealth(c.var.deps);
  return c.json(
    {
      status: "ok",
      d1: "ok",
      stock: "ok",
      images: c.var.deps.images ? "ok" : "no_bucket",
      currency,
      currency_decimals: decimals,
    } as const,
    200,
  );
});

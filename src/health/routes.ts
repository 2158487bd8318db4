import { createRouter } from "../http/validate.ts";
import { checkHealth } from "./check-health.ts";
import * as contract from "./contract.ts";

export const healthRoutes = createRouter().openapi(contract.checkHealth, async (c) => {
  await checkHealth(c.var.deps);
  return c.json({ status: "ok", d1: "ok", stock: "ok" } as const, 200);
});

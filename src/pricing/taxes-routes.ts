import type { AppContext } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { createRouter } from "../http/router.ts";
import type { TaxRate } from "./rules/tax.ts";
import * as contract from "./taxes-contract.ts";
import { listTaxRates, removeTaxRate, setTaxRate } from "./write-tax.ts";

export const taxRoutes = createRouter()
  .openapi(contract.listTaxRates, async (c) => {
    const { rates, version } = await listTaxRates(c.var.deps);
    sayVersion(c, version);
    return c.json({ tax_rates: rates.map(toRateJson) }, 200);
  })
  .openapi(contract.setTaxRate, async (c) => {
    const body = c.req.valid("json");
    const rate = { country: body.country, category: body.category ?? "", rateBps: body.rate_bps };
    const { answer, replayed } = await setTaxRate(c.var.deps, await keyedRequest(c, body), rate);
    return c.json(rateAnswer(c, answer, replayed), 200);
  })
  .openapi(contract.removeTaxRate, async (c) => {
    const { country, category = "" } = c.req.valid("query");
    const key = { country, category };
    const { answer, replayed } = await removeTaxRate(c.var.deps, await keyedRequest(c, key), key);
    return c.json(rateAnswer(c, answer, replayed), 200);
  });

function rateAnswer(c: AppContext, rate: TaxRate, replayed: boolean) {
  if (replayed) c.header("Idempotency-Replayed", "true");
  return toRateJson(rate);
}

/** Writes a rate as `taxRateSchema` describes it. */
function toRateJson({ country, category, rateBps }: TaxRate) {
  return { country, category: category === "" ? null : category, rate_bps: rateBps };
}

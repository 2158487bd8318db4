import type { Deps } from "../deps.ts";
import { invalidField, Refusal } from "../errors.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { bumpVersion, NOTHING_CHANGED } from "./queries.ts";
import type { TaxRate } from "./rules/tax.ts";
import { deleteTaxRate, findTaxRate, findTaxRates, MAX_TAX_RATES, type TaxKey, upsertTaxRate } from "./tax-queries.ts";

/** All tax rates of the shop, and the version of them together. */
export async function listTaxRates(deps: Deps): Promise<{ rates: TaxRate[]; version: string }> {
  const { rates } = await deps.db.batch("list tax rates", { rates: findTaxRates() });
  return { rates, version: await deps.secrets.hashOf(JSON.stringify(rates)) };
}

/** @throws Refusal `precondition_failed` where a request demands a version of the rates, and they are no longer as it says */
async function requireRates(deps: Deps): Promise<void> {
  if (deps.ifMatch) requireMatch(deps, (await listTaxRates(deps)).version);
}

/**
 * Inserts or updates a rate. Orders keep the tax that they were placed with.
 * @throws Refusal `precondition_failed`; `validation_failed` where the shop already has `MAX_TAX_RATES`
 */
export function setTaxRate(deps: Deps, keyed: Keyed | undefined, rate: TaxRate): Promise<Written<TaxRate>> {
  const plan = async () => {
    await requireRates(deps);
    const { before } = await deps.db.batch("read tax rate", { before: findTaxRate(rate) });
    const change = { action: "tax_rate.set", recordType: "tax_rate", recordId: idOf(rate), before, after: rate };
    return {
      queries: [upsertTaxRate(before, rate), bumpVersion(deps.nowMs())],
      changes: [change],
      answer: rate,
      status: 200 as const,
    };
  };
  return writeGuarded(deps, keyed, NOTHING_CHANGED, plan, tooManyRates);
}

/**
 * Deletes a rate. Its category then has the country's default rate, or none.
 * @throws Refusal `not_found`, `precondition_failed`
 */
export function removeTaxRate(deps: Deps, keyed: Keyed | undefined, key: TaxKey): Promise<Written<TaxRate>> {
  return writeGuarded(deps, keyed, NOTHING_CHANGED, async () => {
    await requireRates(deps);
    const { before } = await deps.db.batch("read tax rate", { before: findTaxRate(key) });
    if (!before) throw new Refusal("not_found", `There is no tax rate for ${idOf(key)}.`);
    const change = { action: "tax_rate.delete", recordType: "tax_rate", recordId: idOf(key), before };
    return { queries: [deleteTaxRate(before), bumpVersion(deps.nowMs())], changes: [change], answer: before, status: 200 };
  });
}

function idOf({ country, category }: TaxKey): string {
  return category === "" ? country : `${country}/${category}`;
}

function tooManyRates(error: unknown): Refusal | undefined {
  if (failedConstraint(error) !== "tax_rates.rate_bps") return undefined;
  return invalidField("country", `a shop has at most ${MAX_TAX_RATES} tax rates`);
}

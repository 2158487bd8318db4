import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { findCurrency, hasAmounts, insertCurrency } from "./queries.ts";
import { type CurrencyRecord, disagreement, firstRecord } from "./rules/currency-record.ts";

/**
 * Checks that the settings agree with what the shop's amounts are stored in. Without D1 only in an isolate's first request.
 * @throws Refusal `misconfigured`, saying what does not agree
 */
export async function checkCurrency(deps: Deps): Promise<CurrencyRecord> {
  const record = deps.cache.currency ?? (await readCurrency(deps));
  const wrong = disagreement(deps.config, record);
  if (wrong === undefined) return record;
  throw new Refusal("misconfigured", `${wrong} Set it back; amounts are not converted.`);
}

/** Reads in what the shop's amounts are stored, once per isolate; the first isolate of a shop records it. */
export async function readCurrency(deps: Deps): Promise<CurrencyRecord> {
  const { cache } = deps;
  if (cache.currency) return cache.currency;
  const { record, amounts } = await deps.db.batch("read currency", { record: findCurrency(), amounts: hasAmounts() });
  cache.currency = record ?? (await recordCurrency(deps, amounts?.found === 1));
  return cache.currency;
}

async function recordCurrency(deps: Deps, isOld: boolean): Promise<CurrencyRecord> {
  const first = firstRecord(deps.config, isOld ? formerDecimals(deps.config.currency) : undefined);
  const { record = first } = await deps.db.batch("record currency", {
    insert: insertCurrency(first, deps.nowMs()),
    record: findCurrency(),
  });
  deps.log("currency_recorded", { ...record, with_amounts_of_earlier_releases: isOld });
  return record;
}

/**
 * The decimals by which releases before 0.4.0 stored amounts. They asked the runtime, so this does too, in the runtime that they ran in, and
 * only to write the answer down.
 */
function formerDecimals(currency: string): number | undefined {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
}

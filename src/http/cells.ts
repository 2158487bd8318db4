import { z } from "@hono/zod-openapi";
import { amountText } from "../rules/amount-cell.ts";
import { parseMinor } from "../rules/money.ts";
import { blankable } from "./validate.ts";

/** The largest count in a cell: the largest stock level. */
const MAX_COUNT = 1_000_000_000;

/** A number, or its text in a CSV cell. */
const numberCell = z.union([z.number(), z.string()], { error: "must be a number" });

/** An amount, parsed from its text, because a double would round some amounts to others. */
export function amountCell(decimals: number, hasDecimalComma: boolean) {
  return numberCell.transform((value, context) => {
    const text = amountText(String(value), hasDecimalComma);
    const minor = parseMinor(text, decimals);
    if (minor !== undefined && minor >= 0) return Number(text);
    const example = hasDecimalComma ? "150.5 or 150,5" : "150.5";
    context.addIssue({ code: "custom", message: `must be an amount such as ${example}, with at most ${decimals} decimals` });
    return z.NEVER;
  });
}

/** A number of units, of stock or of weight. */
export const countCell = numberCell
  .refine((value) => /^\d{1,10}$/.test(String(value).trim()), { error: "must be a whole number", abort: true })
  .transform(Number)
  .pipe(z.int().max(MAX_COUNT));

export const limitCell = countCell.pipe(z.int().min(1));

/** A list, or its JSON in a CSV cell. */
export function listCell<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => (typeof value === "string" && value !== "" ? parsedOrText(value) : value), blankable(schema));
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

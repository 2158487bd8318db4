import { Refusal } from "../errors.ts";

/**
 * Tells which column's UNIQUE or NOT NULL constraint, or which CHECK, failed a batch.
 * @returns such as `products.product_id`, or a CHECK's name; `undefined` for every other failure
 * Source: D1's own text, `D1_ERROR: UNIQUE constraint failed: products.product_id: SQLITE_CONSTRAINT`
 */
export function failedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /(?:UNIQUE|NOT NULL|CHECK) constraint failed: ([\w.]+)/.exec(error.message)?.[1] ?? failedConstraint(error.cause);
}

/**
 * Turns a failed batch into `already_exists`, when an id of the request was taken.
 * @param fields the request's field for each column
 */
export function refuseTaken(error: unknown, fields: Readonly<Record<string, string>>): Refusal | undefined {
  const field = fields[failedConstraint(error) ?? ""];
  if (field === undefined) return undefined;
  return new Refusal("already_exists", `${field} is taken.`, { errors: [{ field, message: "is taken" }] });
}

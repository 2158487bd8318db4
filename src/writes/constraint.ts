import { Refusal } from "../errors.ts";

/**
 * Finds the constraint that failed a batch.
 * @returns the column of a UNIQUE or NOT NULL constraint, such as `products.product_id`, or the name of a CHECK; `undefined` otherwise
 * Source: D1's own text, `D1_ERROR: UNIQUE constraint failed: products.product_id: SQLITE_CONSTRAINT`
 */
export function failedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /(?:UNIQUE|NOT NULL|CHECK) constraint failed: ([\w.]+)/.exec(error.message)?.[1] ?? failedConstraint(error.cause);
}

/**
 * Turns the failure of a unique constraint into `already_exists`.
 * @param fields the field of the request for each column
 */
export function refuseTaken(error: unknown, fields: Readonly<Record<string, string>>): Refusal | undefined {
  const field = fields[failedConstraint(error) ?? ""];
  if (field === undefined) return undefined;
  return new Refusal("already_exists", `${field} is already in use.`, { errors: [{ field, message: "is already in use" }] });
}

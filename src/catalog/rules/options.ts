import type { ProductOption, Variant } from "./product.ts";

export const MAX_OPTIONS = 5;
export const MAX_OPTION_VALUES = 100;

/** `field` is a path in the request. */
interface OptionError {
  field: string;
  message: string;
}

/**
 * The options of a product after a change, each with every value that a variant has. Without options of its own a product has those
 * that its variants name.
 */
export function completeOptions(
  given: readonly ProductOption[],
  variants: readonly Variant[],
): { options: ProductOption[]; errors: OptionError[] } {
  const named = [...new Set(variants.flatMap((variant) => Object.keys(variant.options)))];
  const known = given.length > 0 ? given : named.map((name) => ({ name, values: [] }));
  const options = known.map(({ name, values }) => ({
    name,
    values: [...new Set([...values, ...variants.flatMap(({ options: own }) => own[name] ?? [])])],
  }));
  return { options, errors: [...unknownErrors(known, variants), ...sameErrors(variants), ...limitErrors(options)] };
}

function unknownErrors(options: readonly ProductOption[], variants: readonly Variant[]): OptionError[] {
  const names = new Set(options.map(({ name }) => name));
  return variants.flatMap((variant, index) =>
    Object.keys(variant.options).flatMap((name) =>
      names.has(name)
        ? []
        : [
            {
              field: `variants[${index}].options.${name}`,
              message: `is no option of the product, which has ${[...names].join(", ")}`,
            },
          ],
    ),
  );
}

/** A customer could not tell two such variants apart. */
function sameErrors(variants: readonly Variant[]): OptionError[] {
  const seen = new Set<string>();
  return variants.flatMap((variant, index) => {
    const chosen = Object.entries(variant.options).toSorted(([a], [b]) => (a < b ? -1 : 1));
    if (variant.status !== "active" || chosen.length === 0) return [];
    const key = JSON.stringify(chosen);
    if (seen.has(key)) return [{ field: `variants[${index}].options`, message: "are those of another active variant" }];
    seen.add(key);
    return [];
  });
}

function limitErrors(options: readonly ProductOption[]): OptionError[] {
  const long = options.find(({ values }) => values.length > MAX_OPTION_VALUES);
  if (options.length > MAX_OPTIONS) return [{ field: "options", message: `a product has at most ${MAX_OPTIONS}` }];
  return long ? [{ field: "options", message: `an option has at most ${MAX_OPTION_VALUES} values` }] : [];
}

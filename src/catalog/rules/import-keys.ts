import { toGtin14 } from "./gtin.ts";
import type { RowError, WantedProduct } from "./import-row.ts";
import { type Product, storedFields } from "./product.ts";

/** A value that one product alone may have, the field that names it, and whose it is: the product's, or of a SKU the variant's. */
export interface UniqueKey {
  kind: "product_id" | "variant_id" | "sku" | "gtin";
  value: string;
  field: string;
  owner: string;
}

/** Who has a value, as D1 knows it or an earlier row has claimed it. */
export type Owners = Map<string, string>;

export function nameOf({ kind, value }: Pick<UniqueKey, "kind" | "value">): string {
  return `${kind} ${value}`;
}

/** Every value that a product must have for itself. */
export function keysOf(product: Product): UniqueKey[] {
  const { productId, variants } = product;
  const { gtin } = storedFields(product);
  const barcode: UniqueKey[] = gtin === null ? [] : [{ kind: "gtin", value: gtin, field: "barcode", owner: productId }];
  const path = (index: number, member: string) => (variants.length === 1 ? member : `variants[${index}].${member}`);
  const ofVariants = variants.flatMap(({ variantId, sku }, index): UniqueKey[] => [
    { kind: "variant_id", value: variantId, field: path(index, "variant_id"), owner: productId },
    { kind: "sku", value: sku, field: path(index, "sku"), owner: variantId },
  ]);
  return [...barcode, ...ofVariants];
}

/** The values that rows name or may come to have, to ask D1 whose they are. */
export function candidatesOf(rows: readonly WantedProduct[]): Record<"variantIds" | "skus" | "gtins", string[]> {
  const variants = rows.flatMap((row) => row.variants ?? []);
  const ids = rows.map(({ productId }) => productId);
  return {
    variantIds: [...ids, ...variants.map(({ variantId }) => variantId)],
    skus: [...ids, ...rows.flatMap(({ sku }) => sku ?? []), ...variants.flatMap(({ sku }) => sku ?? [])],
    gtins: rows.flatMap(({ fields }) => toGtin14(fields.barcode ?? "") ?? []),
  };
}

/** Finds the values of a product that are another's. */
export function takenKeys(product: Product, owners: Owners): RowError[] {
  const taken = keysOf(product).filter((key) => (owners.get(nameOf(key)) ?? key.owner) !== key.owner);
  return taken.map(({ field }) => ({ field, message: "is taken" }));
}

/** Finds what each row repeats of an earlier one: a product's id, a variant's, a SKU or a barcode. */
export function repeatsIn(rows: readonly WantedProduct[]): RowError[][] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const repeated = namedKeys(row).filter((key) => seen.has(nameOf(key)));
    for (const key of namedKeys(row)) seen.add(nameOf(key));
    return repeated.map(({ field }) => ({ field, message: "stands in the file before" }));
  });
}

function namedKeys({ productId, fields, sku, variants = [] }: WantedProduct): Omit<UniqueKey, "owner">[] {
  const gtin = toGtin14(fields.barcode ?? "");
  return [
    { kind: "product_id", value: productId, field: "product_id" },
    ...(sku === undefined ? [] : [{ kind: "sku", value: sku, field: "sku" } as const]),
    ...(gtin === undefined ? [] : [{ kind: "gtin", value: gtin, field: "barcode" } as const]),
    ...variants.flatMap(({ variantId, sku: variantSku }, index) => [
      { kind: "variant_id", value: variantId, field: `variants[${index}].variant_id` } as const,
      ...(variantSku === undefined ? [] : [{ kind: "sku", value: variantSku, field: `variants[${index}].sku` } as const]),
    ]),
  ];
}

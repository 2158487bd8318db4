import { toGtin14 } from "./gtin.ts";
import type { RowError, WantedProduct } from "./import-row.ts";
import { idOf, slugChoices } from "./slug.ts";
import { type Product, storedFields, storedVariant } from "./product.ts";

/**
 * A unique value, the field that states it, and its owner: a product, or of a SKU the variant. A barcode belongs to one product, and
 * within it to one variant.
 */
export interface UniqueKey {
  kind: "product_id" | "slug" | "variant_id" | "sku" | "gtin" | "variant_gtin";
  value: string;
  field: string;
  owner: string;
}

/** A unique value with its owner. */
export type OwnedKey = Pick<UniqueKey, "kind" | "value" | "owner">;

/** The owner of each value, from D1 or from an earlier row. */
export type Owners = Map<string, string>;

export function keyName({ kind, value }: Pick<UniqueKey, "kind" | "value">): string {
  return `${kind} ${value}`;
}

/** All unique values of a product. */
export function keysOf(product: Product): UniqueKey[] {
  const { productId, slug, variants } = product;
  const { gtin } = storedFields(product);
  const barcode: UniqueKey[] = gtin === null ? [] : [{ kind: "gtin", value: gtin, field: "barcode", owner: productId }];
  const path = (index: number, member: string) => (variants.length === 1 ? member : `variants[${index}].${member}`);
  const ofVariants = variants.flatMap((variant, index): UniqueKey[] => {
    const { variantId, sku } = variant;
    const own = storedVariant(variant).gtin;
    const field = path(index, "barcode");
    return [
      { kind: "variant_id", value: variantId, field: path(index, "variant_id"), owner: productId },
      { kind: "sku", value: sku, field: path(index, "sku"), owner: variantId },
      ...(own === null ? [] : [{ kind: "gtin", value: own, field, owner: productId } as const]),
      ...(own === null ? [] : [{ kind: "variant_gtin", value: own, field, owner: variantId } as const]),
    ];
  });
  const address: UniqueKey[] = slug === null ? [] : [{ kind: "slug", value: slug, field: "slug", owner: productId }];
  return [...address, ...barcode, ...ofVariants];
}

/** The unique values that rows state or may get by default, to find their owners in D1. */
export function keysToCheck(rows: readonly WantedProduct[]): Record<"slugs" | "variantIds" | "skus" | "gtins", string[]> {
  const variants = rows.flatMap((row) => row.variants ?? []);
  const ids = rows.map(({ productId }) => productId);
  return {
    slugs: rows.flatMap(
      ({ fields, productId, newSlug }) => fields.slug ?? newSlug ?? (fields.name ? slugChoices(fields.name, productId) : []),
    ),
    variantIds: [...ids, ...variants.flatMap(({ variantId, sku }) => variantId ?? idOf(sku ?? "") ?? [])],
    skus: [...ids, ...rows.flatMap(({ sku }) => sku ?? []), ...variants.flatMap(({ sku }) => sku ?? [])],
    gtins: [...rows.map(({ fields }) => fields.barcode), ...variants.map(({ barcode }) => barcode)].flatMap(
      (barcode) => toGtin14(barcode ?? "") ?? [],
    ),
  };
}

/** Reports the values of a product that have another owner. */
export function takenKeys(product: Product, owners: Owners): RowError[] {
  const errors = new Map<string, RowError>();
  for (const { kind, value, field, owner } of keysOf(product)) {
    const other = owners.get(keyName({ kind, value })) ?? owner;
    if (other === owner || errors.has(field)) continue;
    const whose = kind === "sku" || kind === "variant_gtin" ? "variant" : "product";
    errors.set(field, { field, message: `must be unique, but the ${whose} ${other} has it`, value });
  }
  return [...errors.values()];
}

/** Reports the ids, SKUs and barcodes of each row that are in an earlier row. */
export function duplicatesIn(rows: readonly WantedProduct[]): RowError[][] {
  const seen = new Map<string, string>();
  return rows.map((row) => {
    const stated = statedKeys(row);
    const errors = stated.flatMap(({ field, value, ...key }): RowError[] => {
      const earlier = seen.get(keyName({ ...key, value }));
      if (earlier === undefined) return [];
      return [{ field, message: `must be in one row only, but the row of ${earlier} is earlier and has it`, value }];
    });
    for (const key of stated) if (!seen.has(keyName(key))) seen.set(keyName(key), row.productId);
    return errors;
  });
}

function statedKeys({ productId, fields, sku, variants = [] }: WantedProduct): Omit<UniqueKey, "owner">[] {
  const gtin = toGtin14(fields.barcode ?? "");
  return [
    { kind: "product_id", value: productId, field: "product_id" },
    ...(typeof fields.slug === "string" ? [{ kind: "slug", value: fields.slug, field: "slug" } as const] : []),
    ...(sku === undefined ? [] : [{ kind: "sku", value: sku, field: "sku" } as const]),
    ...(gtin === undefined ? [] : [{ kind: "gtin", value: gtin, field: "barcode" } as const]),
    ...variants.flatMap(({ variantId, sku: variantSku, barcode }, index) => {
      const own = toGtin14(barcode ?? "");
      return [
        ...(variantId === undefined
          ? []
          : [{ kind: "variant_id", value: variantId, field: `variants[${index}].variant_id` } as const]),
        ...(variantSku === undefined ? [] : [{ kind: "sku", value: variantSku, field: `variants[${index}].sku` } as const]),
        // The barcode of the row's own product is stated once.
        ...(own === undefined || own === gtin
          ? []
          : [{ kind: "gtin", value: own, field: `variants[${index}].barcode` } as const]),
      ];
    }),
  ];
}

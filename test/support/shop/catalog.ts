import { post } from "../http/requests.ts";

let made = 0;

/** An id that no other test of the file has. */
export function ownId(prefix: string): string {
  made += 1;
  return `${prefix}-${made}`;
}

/** A minimal product with unique ids; `more` adds or replaces members. */
export function productBody(more: Record<string, unknown> = {}) {
  const productId = ownId("prod");
  return { product_id: productId, name: "Basmati Rice 1kg", price: 150, sku: `SKU-${productId}`, ...more };
}

/**
 * Creates a product over HTTP.
 * @returns its id
 */
export async function createdProduct(more: Record<string, unknown> = {}): Promise<string> {
  const body = productBody(more);
  const response = await post("/api/v1/products", body, { admin: true });
  if (response.status !== 201) throw new Error(`The product was not created: ${await response.text()}`);
  return body.product_id;
}

/** `variants[]` of a product with as many variants as there are names. */
export function variantsOf(productId: string, ...names: string[]) {
  return names.map((name) => ({ variant_id: `${productId}-${name}`, sku: `SKU-${productId}-${name}`, name }));
}

/** Appends the GS1 check digit, which makes the weighted sum a multiple of ten. */
export function withCheckDigit(digits: string): string {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

let codes = 0;

/** A GTIN-13 that no other test of the file has. */
export function ownBarcode(): string {
  codes += 1;
  return withCheckDigit(`890${String(codes).padStart(9, "0")}`);
}

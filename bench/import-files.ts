/** Rows of our own format, as NDJSON, whose price and minimum are others in each block. */
export function rowsOf(products: number, block: number): string[] {
  return Array.from({ length: products }, (_, index) => {
    const product = { product_id: `import-${index}`, name: `Product ${index}`, category: `C${index % 20}` };
    return JSON.stringify({ ...product, price: block, min_stock_level: 1 + (block % 7) });
  });
}

/** A product file of Shopify with units of each product. */
export function stockFile(prefix: string, products: number): string {
  const lines = Array.from({ length: products }, (_, index) => `${prefix}-${index},Product ${index},${prefix}-${index},5,100`);
  return ["Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty", ...lines].join("\n");
}

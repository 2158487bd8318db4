import type { Deps } from "../../deps.ts";
import { findProductPage, type NumberedProduct } from "./queries.ts";
import type { KnownUnits } from "../rules/foreign-stock.ts";
import type { Product } from "../rules/product.ts";

const PAGE_PRODUCTS = 500;

/** Products, and the units of their variants, where the export has them. */
export interface ExportedPage {
  products: Product[];
  units: ReadonlyMap<string, KnownUnits>;
}

/**
 * Reads the whole catalogue page by page, oldest products first; each page is read when it is requested.
 * @param wanted whether with units, and of which warehouse; undefined is all active ones together
 */
export async function* exportProducts(
  deps: Deps,
  wanted: { hasUnits: boolean; warehouseId: string | undefined },
): AsyncGenerator<ExportedPage, void> {
  let afterRow: number | undefined = 0;
  while (afterRow !== undefined) {
    const { page }: { page: NumberedProduct[] } = await deps.db.batch("export products", {
      page: findProductPage(afterRow, PAGE_PRODUCTS),
    });
    afterRow = page.length < PAGE_PRODUCTS ? undefined : page.at(-1)?.rowNo;
    const products = page.map(({ product }) => product);
    const units = wanted.hasUnits ? await unitsOf(deps, products, wanted.warehouseId) : new Map<string, KnownUnits>();
    yield { products, units };
  }
}

function unitsOf(deps: Deps, products: readonly Product[], warehouseId: string | undefined) {
  return deps.fileStock.unitsOf(
    deps,
    products.map(({ productId }) => productId),
    warehouseId,
  );
}

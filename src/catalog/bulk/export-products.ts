import type { Deps } from "../../deps.ts";
import { findProductPage, type NumberedProduct } from "./queries.ts";
import type { Product } from "../rules/product.ts";

const PAGE_PRODUCTS = 500;

/** Reads the whole catalogue page by page, oldest products first; each page is read when it is requested. */
export async function* exportProducts(deps: Deps): AsyncGenerator<Product[], void> {
  let afterRow: number | undefined = 0;
  while (afterRow !== undefined) {
    const { page }: { page: NumberedProduct[] } = await deps.db.batch("export products", {
      page: findProductPage(afterRow, PAGE_PRODUCTS),
    });
    afterRow = page.length < PAGE_PRODUCTS ? undefined : page.at(-1)?.rowNo;
    yield page.map(({ product }) => product);
  }
}

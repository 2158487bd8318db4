import { fromShopify, handleOf, isShopify } from "../rules/shopify-file.ts";
import { fromWooCommerce, isWooCommerce, productsOf } from "../rules/woocommerce-file.ts";
import type { ForeignRecord, MadeRow } from "../rules/foreign-file.ts";

/** How the files of another shop system are read. */
export interface ForeignFormat {
  /** The columns as the readers name them: in lower case, with blanks. */
  columns: string[];
  /** Makes a row of our import of each product. @param decimals of the shop's currency */
  read: (records: readonly ForeignRecord[], decimals: number) => MadeRow[];
  /** Which records describe one product: a text for each, in their order. */
  productsOf: (records: readonly Pick<ForeignRecord, "cells">[]) => string[];
}

/** Finds the other shop system that wrote a file, by its header; `undefined` for a file of our own. */
export function foreignFormatOf(header: readonly string[]): ForeignFormat | undefined {
  const columns = header.map((name) => name.replaceAll("_", " "));
  if (isShopify(columns))
    return { columns, read: fromShopify, productsOf: (records) => records.map(({ cells }) => handleOf(cells)) };
  return isWooCommerce(columns) ? { columns, read: fromWooCommerce, productsOf } : undefined;
}

/** The cells of a record by their columns. @param toCell what a cell says, such as an amount without its thousands */
export function cellsBy(
  columns: readonly string[],
  cells: readonly string[],
  toCell: (column: string, cell: string) => string = (_, cell) => cell,
): Record<string, string> {
  return Object.fromEntries(columns.map((column, at) => [column, toCell(column, cells[at] ?? "")]));
}

import type { Status } from "../../catalog/rules/product.ts";
import type { Minor } from "../../rules/money.ts";

/** A product as a list shows it. */
export interface ListedProduct {
  rowNo: number;
  productId: string;
  name: string;
  category: string | null;
  brand: string | null;
  unit: string | null;
  status: Status;
  isBundle: 0 | 1;
  priceMinor: Minor;
  mrpMinor: Minor | null;
  available: number;
  asOfMs: number;
}

import type { Status } from "../../catalog/rules/product.ts";
import type { Minor } from "../../rules/money.ts";

/** A product as a list shows it. `available` and `asOfMs` are null until its object has flushed once. */
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
  available: number | null;
  asOfMs: number | null;
}

import { STOCKED_PRODUCTS } from "../clients/shop.ts";
import { callAdmin, textField, type Workload } from "../clients/workload.ts";

// Reads the pages of the API at quiescence.

interface ItemJson {
  product_id: string;
  variant_id: string;
  quantity: number;
  unit_price: number;
  discount: number;
  applied_rules: { amount: number }[];
  line_total: number;
  tax: number;
  tax_rate_bps: number;
}

/** An order as the API shows it. */
export interface OrderPage {
  order_id: string;
  status: string;
  payment_status: string;
  subtotal: number;
  discount_total: number;
  tax_total: number;
  prices_include_tax: boolean;
  delivery_cost: number;
  total: number;
  paid_total: number;
  refunded_total: number;
  items: ItemJson[];
}

interface TransferPage {
  transfer_id: string;
  status: string;
  items: { variant_id: string; quantity: number; received: number }[];
}

interface StockedProduct {
  product_id: string;
  by_warehouse: { warehouse_id: string; on_hand: number; reserved: number; allocated: number }[];
}

/** The pages that are compared with the acknowledged writes and the files. */
export interface Pages {
  /** The order ids in the list of orders. */
  listedOrderIds: string[];
  orders: OrderPage[];
  transfers: TransferPage[];
  products: StockedProduct[];
  /** The result of Holdfast's own audit, without repair. */
  audit: { checked: number; differences: object[]; unanswered: string[] };
}

const CONCURRENCY = 8;
const PAGE = 100;
const MAX_PAGES = 1_000;

/** Reads the pages of all known orders, transfers and products. @throws Error if one is not answered with 200 */
export async function readPages(workload: Workload): Promise<Pages> {
  const orderIds = [...new Set(workload.orders.map(({ orderId }) => orderId))];
  const transferIds = workload.transfers.map(({ transferId }) => transferId);
  const products = await callAdmin(workload, "GET", `/api/v1/inventory/products?limit=${PAGE}`);
  const audit = await callAdmin(workload, "POST", "/api/v1/inventory/audit", {
    repair: false,
    limit: STOCKED_PRODUCTS.length + 1,
  });
  return {
    listedOrderIds: await listOrderIds(workload),
    orders: await readAll<OrderPage>(
      workload,
      orderIds.map((id) => `/api/v1/orders/${id}`),
    ),
    transfers: await readAll<TransferPage>(
      workload,
      transferIds.map((id) => `/api/v1/inventory/transfers/${id}`),
    ),
    products: products["products"] as StockedProduct[],
    audit: audit as unknown as Pages["audit"],
  };
}

async function readAll<T>(workload: Workload, paths: readonly string[]): Promise<T[]> {
  const pages: T[] = [];
  for (let first = 0; first < paths.length; first += CONCURRENCY) {
    const group = paths.slice(first, first + CONCURRENCY).map((path) => callAdmin(workload, "GET", path));
    pages.push(...((await Promise.all(group)) as T[]));
  }
  return pages;
}

async function listOrderIds(workload: Workload): Promise<string[]> {
  const ids: string[] = [];
  let cursor = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const body = await callAdmin(workload, "GET", `/api/v1/orders?limit=${PAGE}${query}`);
    ids.push(...(body["orders"] as OrderPage[]).map((order) => order.order_id));
    cursor = textField(body, "next_cursor");
    if (cursor === "") return ids;
  }
  throw new Error("The list of orders has no end.");
}

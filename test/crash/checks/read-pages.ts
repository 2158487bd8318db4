import { STOCKED_PRODUCTS } from "../clients/shop.ts";
import { must, textIn, type World } from "../clients/workload.ts";

// What the API shows when all is quiet.

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

/** An order's page. */
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
  by_warehouse: { warehouse_id: string; on_hand: number; reserved: number }[];
}

/** All that is compared with what clients were told and with the files. */
export interface Pages {
  /** How many the list of orders shows. */
  listed: string[];
  orders: OrderPage[];
  transfers: TransferPage[];
  products: StockedProduct[];
  /** What Holdfast's own audit says, without repairing anything. */
  audit: { checked: number; differences: object[]; unanswered: string[] };
}

const AT_ONCE = 8;
const PAGE = 100;
const MAX_PAGES = 1_000;

/** Reads the pages of everything that clients were given. @throws Error where one is not answered with 200 */
export async function readPages(world: World): Promise<Pages> {
  const orderIds = [...new Set(world.orders.map(({ orderId }) => orderId))];
  const transferIds = world.transfers.map(({ transferId }) => transferId);
  const products = await must(world, "GET", `/api/v1/inventory/products?limit=${PAGE}`);
  const audit = await must(world, "POST", "/api/v1/inventory/audit", { repair: false, limit: STOCKED_PRODUCTS.length + 1 });
  return {
    listed: await listed(world),
    orders: await readAll<OrderPage>(
      world,
      orderIds.map((id) => `/api/v1/orders/${id}`),
    ),
    transfers: await readAll<TransferPage>(
      world,
      transferIds.map((id) => `/api/v1/inventory/transfers/${id}`),
    ),
    products: products["products"] as StockedProduct[],
    audit: audit as unknown as Pages["audit"],
  };
}

async function readAll<T>(world: World, paths: readonly string[]): Promise<T[]> {
  const found: T[] = [];
  for (let first = 0; first < paths.length; first += AT_ONCE) {
    const group = paths.slice(first, first + AT_ONCE).map((path) => must(world, "GET", path));
    found.push(...((await Promise.all(group)) as T[]));
  }
  return found;
}

async function listed(world: World): Promise<string[]> {
  const ids: string[] = [];
  let cursor = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const body = await must(world, "GET", `/api/v1/orders?limit=${PAGE}${query}`);
    ids.push(...(body["orders"] as OrderPage[]).map((order) => order.order_id));
    cursor = textIn(body, "next_cursor");
    if (cursor === "") return ids;
  }
  throw new Error("The list of orders has no end.");
}

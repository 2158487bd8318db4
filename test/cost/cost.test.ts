import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type Cost, costOf, fillCatalogue, receiveOne } from "../support/cost/cost.ts";
import { LOG_LISTS, PAGE } from "../support/cost/lists.ts";
import { cartOf, newCart, putItem } from "../support/carts/carts.ts";
import { get, post } from "../support/http/requests.ts";
import { stocked } from "../support/orders/orders.ts";
import { fillLogs } from "../support/cost/log-rows.ts";
import { fillOrders } from "../support/cost/order-rows.ts";
import { bumpVersion, insertRule } from "../support/pricing/pricing.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

// The budgets of docs/architecture.md, by the counters of real D1 answers; `npm run bench:cost` prints the table.
const SIZES = [100, 100_000];
const LINES = [1, 5, 20];
/** As many rules as may be active. */
const RULES = 500;
const [NAME, COLUMN] = [28, 8];
const WIDTH = 4 * COLUMN;
const MAX_PAGE_ROWS = 3 * PAGE + 10;

const REQUESTS: Record<string, () => Promise<Response>> = {
  ...Object.fromEntries(LINES.map((lines) => [`place ${lines} line${lines > 1 ? "s" : ""}`, () => placeOrder(lines)])),
  "place 1, all said": () => placeOrder(1, { customer_email: "asha@example.com", customer_phone: "+91 98450 00000" }),
  "place 1, promo code": () =>
    placeOrder(1, { customer_email: "asha@example.com", customer_phone: "+91 98450 00000", promo_code: "COST" }),
  "put 1 into a cart": async () => putItem(await newCart(), stock[0] ?? "", 1),
  "check out 1 line": async () => {
    const cartId = await cartOf({ [stock[0] ?? ""]: 1 });
    return post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha" });
  },
  "receive 1 unit": () => receiveOne(stock[0] ?? ""),
  "page of products": () => get(`/api/v1/products?limit=${PAGE}`),
  "page, last": () => get(`/api/v1/products?limit=${PAGE}&q=filler&brand=Brand%2049`),
  "page, q": () => get(`/api/v1/products?limit=${PAGE}&q=filler`),
  "page, category": () => get(`/api/v1/products?limit=${PAGE}&category=Category%203`),
  "page, in stock": () => get(`/api/v1/products?limit=${PAGE}&in_stock=true`),
  "page, not in stock": () => get(`/api/v1/products?limit=${PAGE}&in_stock=false&q=number`),
  "page of inventory": () => getAsAdmin(`products?limit=${PAGE}`),
  "page, inventory, q": () => getAsAdmin(`products?limit=${PAGE}&q=filler&category=Category%203`),
  "page, supplier": () => getAsAdmin(`products?limit=${PAGE}&supplier=Supplier%2049`),
  "page, warehouse": () => getAsAdmin(`products?limit=${PAGE}&warehouse_id=BLR`),
  "page, stock status": () => getAsAdmin(`products?limit=${PAGE}&stock_status=low_stock`),
  "page, four filters": () =>
    getAsAdmin(`products?limit=${PAGE}&q=filler&supplier=Supplier%2049&warehouse_id=BLR&stock_status=out_of_stock`),
  "page of low stock": () => getAsAdmin(`products/low-stock?limit=${PAGE}`),
  "page of movements": () => getAsAdmin(`movements?limit=${PAGE}`),
  "page, damage": () => getAsAdmin(`movements?limit=${PAGE}&kind=damage`),
  "page, one's moves": () => getAsAdmin(`products/fill-0/movements?limit=${PAGE}`),
  summary: () => getAsAdmin("summary"),
  "one product": () => get(`/api/v1/products/${stock[0] ?? ""}?postal_code=560034`),
  availability: () => get(`/api/v1/inventory/products/${stock[0] ?? ""}/availability/2?postal_code=560034`),
  price: () => get(`/api/v1/products/${stock[0] ?? ""}/price?quantity=2&promo_code=none`),
};

const orders = (query: string) => get(`/api/v1/orders?limit=${PAGE}&${query}`, { admin: true });

/** Lists of orders, where there are as many orders as products. */
const ORDER_LISTS = {
  "page of orders": () => orders(""),
  "page of orders, status": () => orders("status=CANCELLED"),
  "page of orders, warehouse": () => orders("warehouse_id=MUM"),
  "page of orders, e-mail": () => orders("customer_email=c@example.com"),
  "page of orders, two filters": () => orders("status=CANCELLED&warehouse_id=MUM"),
};

Object.assign(REQUESTS, ORDER_LISTS, LOG_LISTS);

function getAsAdmin(path: string): Promise<Response> {
  return get(`/api/v1/inventory/${path}`, { admin: true });
}

const stock: string[] = [];
const table = new Map<string, Cost[]>();

beforeAll(async () => {
  await demoWarehouses();
  for (let made = 0; made < Math.max(...LINES); made += 1) stock.push(await stocked(1_000));
  await env.DB.exec(
    "INSERT INTO webhook_endpoints (endpoint_id, url, events, status, secret_no, created_at_ms, updated_at_ms) VALUES ('WHE', 'https://hooks.example.com/', '[]', 'active', 1, 1, 1)",
  );
  for (let made = 0; made < RULES - 1; made += 1) await insertRule({ promoCode: `C${made}`, usageLimit: 5 });
  await insertRule({ promoCode: "COST", usageLimit: 1_000 });
  await bumpVersion();
  let filled = 0;
  for (const size of SIZES) {
    await fillCatalogue(filled, size);
    await fillOrders(filled, size);
    await fillLogs(filled, size);
    filled = size;
    for (const [name, send] of Object.entries(REQUESTS)) {
      // The first request of an isolate also reads the list of warehouses; the second is what every further one costs.
      await send();
      table.set(name, [...(table.get(name) ?? []), await measure(name, send)]);
    }
  }
}, 120_000);

afterAll(() => {
  const lines = [...table].map(([name, all]) => `${name.padEnd(NAME)}${all.map(show).join("")}`);
  const heads = SIZES.map((size) => `${size.toLocaleString("en")} products`.padStart(WIDTH));
  const columns = SIZES.map(() => ["hops", "stmts", "read", "written"].map((name) => name.padStart(COLUMN)).join("")).join("");
  console.log([`${"".padEnd(NAME)}${heads.join("")}`, `${"".padEnd(NAME)}${columns}`, ...lines].join("\n"));
});

function show({ hops, statements, rowsRead, rowsWritten }: Cost): string {
  return [hops, statements, rowsRead, rowsWritten].map((count) => String(count).padStart(COLUMN)).join("");
}

async function measure(name: string, send: () => Promise<Response>): Promise<Cost> {
  const response = await send();
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  await response.body?.cancel();
  return costOf(response);
}

function placeOrder(lines: number, more: object = {}): Promise<Response> {
  const items = stock.slice(0, lines).map((productId) => ({ product_id: productId, quantity: 1 }));
  return post("/api/v1/orders", { customer_name: "Asha", postal_code: "560034", items, ...more });
}

function measured(name: string): Cost[] {
  const found = table.get(name) ?? [];
  if (found.length !== SIZES.length) throw new Error(`${name} was not measured at every size`);
  return found;
}

describe("placing an order", () => {
  it("takes 3 hops and the same D1 statements, whatever the number of lines", ({ expect }) => {
    const placed = LINES.flatMap((lines) => measured(`place ${lines} line${lines > 1 ? "s" : ""}`));

    expect(placed.map(({ hops }) => hops)).toEqual(placed.map(() => 3));
    expect(new Set(placed.map(({ statements }) => statements)).size).toBe(1);
  });

  it("of one line reads at most 20 rows of D1, the same with 100 products as with 100,000", ({ expect }) => {
    const [few, many] = measured("place 1 line");

    expect(many?.rowsRead).toBeLessThanOrEqual(20);
    expect(many?.rowsRead).toBe(few?.rowsRead);
  });

  it("of one line writes at most 9 rows of D1, with e-mail and phone 11, and each further line at most 4", ({ expect }) => {
    const [one = Infinity, five = Infinity, twenty = Infinity] = LINES.map(
      (lines) => measured(`place ${lines} line${lines > 1 ? "s" : ""}`).at(-1)?.rowsWritten,
    );

    expect(one).toBeLessThanOrEqual(9);
    expect(measured("place 1, all said").at(-1)?.rowsWritten).toBeLessThanOrEqual(11);
    expect(five - one).toBeLessThanOrEqual(4 * 4);
    expect(twenty - one).toBeLessThanOrEqual(4 * 19);
  });

  it("with a limited promo code takes 3 hops, reads at most 25 rows of D1 and writes at most 14, among as many rules as there may be", ({
    expect,
  }) => {
    for (const { hops, statements, rowsRead, rowsWritten } of measured("place 1, promo code")) {
      expect(hops).toBe(3);
      expect(statements).toBe((measured("place 1 line")[0]?.statements ?? 0) + 1);
      expect(rowsRead).toBeLessThanOrEqual(25);
      expect(rowsWritten).toBeLessThanOrEqual(14);
    }
  });
});

describe("a cart of one line", () => {
  it("is filled in 4 hops and checked out in 3, for at most 40 rows of D1 read and 14 written", ({ expect }) => {
    for (const [name, hops] of [
      ["put 1 into a cart", 4],
      ["check out 1 line", 3],
    ] as const) {
      for (const cost of measured(name)) {
        expect(cost.hops).toBe(hops);
        expect(cost.rowsRead).toBeLessThanOrEqual(40);
        expect(cost.rowsWritten).toBeLessThanOrEqual(14);
      }
    }
  });
});

describe("reading", () => {
  it.for(Object.keys(REQUESTS).filter((name) => name.startsWith("page")))(
    "a %s reads at most 3 rows of D1 for each item and 10, whatever the size of the catalogue",
    (name, { expect }) => {
      for (const { rowsRead } of measured(name)) expect(rowsRead).toBeLessThanOrEqual(MAX_PAGE_ROWS);
    },
  );

  it("one product, its availability, its price, or the summary costs the same with 100,000 products as with 100", ({
    expect,
  }) => {
    for (const name of ["one product", "availability", "price", "summary"]) {
      const [few, many] = measured(name);

      expect(many).toEqual(few);
    }
  });
});

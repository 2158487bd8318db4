import { beforeAll, describe, it } from "vitest";
import { isFound, orderTextOf, searchOf } from "../../../src/orders/rules/search.ts";
import { normalPhone } from "../../../src/accounts/customer-phone.ts";
import { findAll, index, type WrittenOrder, writeOrders } from "../../support/orders/found.ts";
import { createRandom } from "../../support/random.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

// A search goes by terms of three characters, row numbers, and orders that are compared themselves. What it finds must be what a look at every
// order finds, for whatever is typed.
const MANY = 250;
const SEARCHES = 80;
const random = createRandom(14);

const ALPHABETS = [
  "ab",
  "aé ß",
  "田中太郎",
  "ｱｲ がカ",
  "สม ใ",
  "मीरा ",
  "שר ",
  "0123456789",
  "ord7 -",
  "x@.+-_",
  "😀a",
  `"*%() `,
];
const text = (most: number) => {
  const letters = Array.from(random.pick(ALPHABETS) + random.pick(ALPHABETS));
  return Array.from({ length: random.between(1, most) }, () => random.pick(letters)).join("");
};
const digits = (most: number) => Array.from({ length: random.between(3, most) }, () => random.below(10)).join("");
const ID_LETTERS = Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
const newId = () => `ORD${Array.from({ length: 26 }, () => random.pick(ID_LETTERS)).join("")}`;

const orders: WrittenOrder[] = Array.from({ length: MANY }, (_, n) => ({
  id: newId(),
  // Some in one millisecond.
  atMs: 1_000 + Math.floor(n / 3),
  name: random.chance(0.3) ? random.pick(["Asha Rao", "Jordan O'Brien", "田中 太郎"]) : text(12),
  email: random.chance(0.5) ? `${text(5).replaceAll(/\s/g, "")}@example.com` : null,
  phone: random.pick([null, `+9198450${digits(5)}`, `098450 ${digits(5)}`, "call me"]),
  skus: Array.from({ length: random.below(3) }, () => random.pick(["RICE-5", "Ä 1", text(6)])),
  trackingNumbers: random.chance(0.3) ? [`AWB ${digits(4)}-${digits(4)}`] : [],
  status: random.pick(["PENDING", "CANCELLED"]),
}));

/** A part of what an order has, or something else. */
function typed(): string {
  const order = random.pick(orders);
  const from =
    random.pick([
      order.id,
      order.name,
      order.email,
      order.phone,
      ...(order.skus ?? []),
      ...(order.trackingNumbers ?? []),
      text(8),
    ]) ?? "a";
  const letters = Array.from(from);
  const start = random.below(letters.length);
  const part = letters.slice(start, start + random.between(1, 8)).join("");
  const both = random.chance(0.3) ? `${part} ${random.pick(["asha", "田", text(3), digits(6)])}` : part;
  return (random.chance(0.5) ? both.toLowerCase() : both).trim() || "a";
}

const searches = Array.from({ length: SEARCHES }, typed);

function looked(q: string, status?: string): (string | undefined)[] {
  const search = searchOf(q, normalPhone(q, "IN"));
  const fits = (order: WrittenOrder) => {
    const { id: orderId, name = "", email = null, phone = null, skus = [], trackingNumbers = [] } = order;
    return isFound(
      search,
      orderTextOf({ orderId, customerName: name, customerEmail: email, customerPhone: phone, skus, trackingNumbers }),
    );
  };
  return orders
    .filter((order) => fits(order) && (status === undefined || order.status === status))
    .toSorted((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id);
}

describe("random searches", () => {
  beforeAll(() => writeOrders(orders), 60_000);

  it.for([
    ["while none is indexed", () => Promise.resolve()],
    ["once all are indexed", () => index()],
    [
      "while some are indexed, and some changed",
      async () => {
        await sqlInD1("DELETE FROM order_texts WHERE created_at_ms < 1020 OR created_at_ms > 1060");
        await sqlInD1("UPDATE orders SET customer_phone = NULL WHERE customer_phone = 'call me'");
        for (const order of orders) if (order.phone === "call me") order.phone = null;
      },
    ],
  ] as const)("find what a look at every order finds, %s", { timeout: 120_000 }, async ([, prepare], { expect }) => {
    await prepare();

    for (const q of searches) {
      const more = random.chance(0.3) ? random.pick(["PENDING", "CANCELLED"]) : undefined;
      const { ids } = await findAll(q, more === undefined ? "&limit=100" : `&limit=100&status=${more}`);

      expect({ q, ids }).toEqual({ q, ids: looked(q, more) });
    }
  });
});

import { beforeAll, describe, it } from "vitest";
import { find, findAll, index, type WrittenOrder, writeOrders } from "../../support/orders/found.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const id = (letters: string) => `ORD${letters.padEnd(26, "0")}`;

// By name, as tests refer to them; `atMs` is their order.
const ORDERS: Record<string, Omit<WrittenOrder, "id" | "atMs"> & { id?: string }> = {
  asha: { id: id("7Q2M4X0C9V5T1B8N3K6J2H4G5F"), name: "Asha Rao", email: "asha.rao@example.com", phone: "+919845012345" },
  typed: { name: "R. Ashwin", phone: "098450 12346" },
  typedAbroad: { name: "Wei Lin", phone: "(0044) 20 7946-0958" },
  extension: { name: "Front Desk", phone: "+919845099999;ext=12" },
  zoe: { name: "Zoë Müller-Łoś", email: "zoe+shop@example.de" },
  jordan: { name: "Jordan O'Brien", email: "j@lord.example" },
  tanaka: { name: "田中 太郎", email: "tanaka@example.jp" },
  noNumber: { name: "Kofi Mensah", phone: "call me at noon" },
  kana: { name: "ﾔﾏﾀﾞ ハナコ" },
  whole: { name: "山田花子" },
  thai: { name: "สมชาย ใจดี" },
  hindi: { name: "मीरा शर्मा" },
  hebrew: { name: "שרה כהן" },
  emoji: { name: "Max 😀 Power" },
  li: { name: "Li Na", skus: ["RICE-5KG", "dal 1kg", "Ä-1"] },
  twoParcels: { name: "Meera Iyer", skus: ["SOAP-1"], trackingNumbers: ["1Z 999 AA1-0123 4567 84", "AWB-77"] },
  hostile: { name: `100% "NEAR" AND * (OR) 'x' \\ ; --` },
};
const names = new Map(Object.entries(ORDERS).map(([name, order], at) => [order.id ?? id(`P${at}${name.toUpperCase()}`), name]));

/** A search, and what it finds, the newest first, which is the last in the list above. */
const SEARCHES: readonly (readonly [q: string, found: readonly string[]])[] = [
  // By id: whole in any case, and any part of four characters or more.
  [id("7Q2M4X0C9V5T1B8N3K6J2H4G5F"), ["asha"]],
  [id("7Q2M4X0C9V5T1B8N3K6J2H4G5F").toLowerCase(), ["asha"]],
  ["ORD7", ["asha"]],
  ["ord7q2m4", ["asha"]],
  ["RD7Q2", ["asha"]],
  ["k6j2", ["asha"]],
  ["4g5f", ["asha"]],
  ["4G5", []],
  // By name: words in any order, parts, without case and accents.
  ["rao ASHA", ["asha"]],
  ["ash", ["typed", "asha"]],
  ["hwi", ["typed"]],
  ["as", ["typed", "asha"]],
  ["ra as", ["asha"]],
  ["zoe muller", ["zoe"]],
  ["ＺＯＥ", ["zoe"]],
  ["müller-łoś", ["zoe"]],
  ["ord", ["jordan"]],
  ["o'brien", ["jordan"]],
  ["brien jordan nobody", []],
  ["li", ["li", "typedAbroad"]],
  ["田中", ["tanaka"]],
  ["太郎", ["tanaka"]],
  ["田", ["whole", "tanaka"]],
  ["花子", ["whole"]],
  ["山田花", ["whole"]],
  ["郎", ["tanaka"]],
  ["やまだ", ["kana"]],
  ["ハナコ ヤマダ", ["kana"]],
  ["ชาย", ["thai"]],
  ["मीरा", ["hindi"]],
  ["שרה", ["hebrew"]],
  ["כהן שרה", ["hebrew"]],
  ["max 😀", ["emoji"]],
  ["Power & Max", ["emoji"]],
  ["Power Max", ["emoji"]],
  // By e-mail address: whole in any case, or a part.
  ["ASHA.RAO@Example.com", ["asha"]],
  ["zoe+shop@example.de", ["zoe"]],
  ["example.jp", ["tanaka"]],
  ["@lord", ["jordan"]],
  ["rao@", ["asha"]],
  // By phone in any spelling; by its last digits; as it was typed.
  ["+919845012345", ["asha"]],
  ["098450 12345", ["asha"]],
  ["+91-98450-12345", ["asha"]],
  ["98450 12345", ["asha"]],
  ["(0091) 98450.12345", ["asha"]],
  ["０９８４５０１２３４５", ["asha"]],
  ["012345", ["twoParcels", "asha"]],
  ["12345", ["twoParcels"]],
  ["+919845012346", ["typed"]],
  ["098450 12346", ["typed"]],
  ["98450", []],
  ["984501", ["typed", "asha"]],
  ["+44 20 7946 0958", ["typedAbroad"]],
  ["98450 99999", ["extension"]],
  ["call me", ["noNumber"]],
  ["asha 9845012345", ["asha"]],
  // By SKU: whole or its beginning.
  ["rice-5kg", ["li"]],
  ["RICE-5", ["li"]],
  ["DAL 1", ["li"]],
  ["5kg", []],
  ["a-1", ["li"]],
  ["li soap", []],
  ["soap meera", ["twoParcels"]],
  // By tracking number, without blanks and dashes.
  ["1Z999AA10123456784", ["twoParcels"]],
  ["1z 999 aa1 0123 4567 84", ["twoParcels"]],
  ["1Z-999-AA1", ["twoParcels"]],
  ["awb 77", ["twoParcels"]],
  ["234567", ["twoParcels"]],
  // What means something elsewhere means nothing here.
  ["%", []],
  ["*", []],
  ['"', []],
  ["_", []],
  ["😀", []],
  ["100%", ["hostile"]],
  ['"NEAR" AND', ["hostile"]],
  ["NEAR(near and, 2)", []],
  ["' OR 1=1 --", []],
  ["as*", ["typed", "asha"]],
  ["asha NOT rao", []],
  ["text : asha", []],
  ["\u202Easha", ["asha"]],
  ["😀".repeat(60), []],
  ["x ".repeat(127), ["hostile"]],
  ["asha ".repeat(50), ["asha"]],
];

beforeAll(async () => {
  const orders = [...names].map(([orderId, name], at) => ({ ...ORDERS[name], id: orderId, atMs: 1_000 + at }));
  await writeOrders(orders);
});

/** What each search finds, by the names above. */
async function foundByAll(): Promise<[string, (string | undefined)[]][]> {
  const found: [string, (string | undefined)[]][] = [];
  for (const [q] of SEARCHES) found.push([q, (await findAll(q)).ids.map((orderId) => names.get(orderId))]);
  return found;
}

describe("a search for orders", () => {
  it("finds them by everything that is known of them, before any is indexed", async ({ expect }) => {
    expect(await foundByAll()).toEqual(SEARCHES);
  });

  it("finds the same once all are indexed", async ({ expect }) => {
    await index();

    expect(await sqlInD1("SELECT count(*) AS texts FROM order_texts")).toEqual([{ texts: names.size }]);
    expect(await foundByAll()).toEqual(SEARCHES);
  });

  it("finds the same while the newest and the oldest orders are not indexed", async ({ expect }) => {
    await sqlInD1("DELETE FROM order_texts WHERE created_at_ms < 1004 OR created_at_ms > 1010");

    expect(await foundByAll()).toEqual(SEARCHES);
  });

  it("finds the same once the index goes on", async ({ expect }) => {
    await index();

    expect(await sqlInD1("SELECT count(*) AS texts FROM order_texts")).toEqual([{ texts: names.size }]);
    expect(await foundByAll()).toEqual(SEARCHES);
    const rows = await sqlInD1<{ order_id: string }>("SELECT order_id FROM order_texts ORDER BY row_no");
    expect(rows.map(({ order_id: orderId }) => orderId)).toEqual([...names.keys()]);
  });

  it.for([["x".repeat(255)], ["x".repeat(10_000)], [" "], ["a\u0000b"]])("refuses %j: 422", async ([q = ""], { expect }) => {
    const { status } = await find(q);

    expect(status).toBe(422);
  });
});

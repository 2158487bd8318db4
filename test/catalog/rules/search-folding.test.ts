import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, it } from "vitest";
import { matchExpression } from "../../../src/catalog/rules/search.ts";
import { foldedText, isPaired, pairsOf } from "../../../src/rules/search-folding.ts";
import { createdProduct } from "../../support/shop/catalog.ts";
import { get } from "../../support/http/requests.ts";

async function found(q: string): Promise<string[]> {
  const answer = await get(`/api/v1/products?limit=100&q=${encodeURIComponent(q)}`);
  const { products } = await answer.json<{ products: { product_id: string }[] }>();
  return products.map(({ product_id: id }) => id);
}

const NAMES = {
  shirt: "綿100%Tシャツ 半袖",
  towel: "東京タワー記念タオル",
  kana: "ｶﾞﾗｽのｺｯﾌﾟ",
  thai: "เสื้อยืดสีแดง",
  korean: "무선이어폰",
  chinese: "有机绿茶",
  wide: "ＵＳＢケーブル",
  latin: "Cà phê sữa đá",
} as const;

describe("a search in scripts without words", () => {
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    for (const [key, name] of Object.entries(NAMES)) ids[key] = await createdProduct({ name });
  });

  it.for([
    ["シャツ", "shirt"],
    ["ｼｬﾂ", "shirt"],
    ["しゃつ", "shirt"],
    ["Tシャツ", "shirt"],
    ["Ｔシャツ", "shirt"],
    ["半袖", "shirt"],
    ["袖", "shirt"],
    ["タワー", "towel"],
    ["ﾀﾜｰ", "towel"],
    ["京タワ", "towel"],
    ["タオル 東京", "towel"],
    ["ガラス", "kana"],
    ["ｶﾞﾗｽ", "kana"],
    ["がらす", "kana"],
    ["カ\u3099ラス", "kana"],
    ["コップ", "kana"],
    ["プ", "kana"],
    ["สีแดง", "thai"],
    ["แดง", "thai"],
    ["เสื้อ", "thai"],
    ["이어폰", "korean"],
    ["绿茶", "chinese"],
    ["茶", "chinese"],
    ["usb", "wide"],
    ["usbケーブル", "wide"],
    ["ケーブル", "wide"],
    ["ca phe sua", "latin"],
    ["sữa", "latin"],
  ] as const)("for %s finds the product named so, and no other", async ([q, key], { expect }) => {
    expect(await found(q)).toEqual([ids[key]]);
  });

  it.for(["シツ", "タワ東", "大阪", "แดงสี", "폰이", "タオル 大阪", "カラス"])("for %s finds nothing", async (q, { expect }) => {
    expect(await found(q)).toEqual([]);
  });

  it("follows a change of the name", async ({ expect }) => {
    const productId = await createdProduct({ name: "青い傘" });

    await env.DB.prepare("UPDATE products SET name = '赤い傘' WHERE product_id = ?").bind(productId).run();

    expect([await found("赤い"), await found("青い")]).toEqual([[productId], []]);
  });

  it("finds products that are older than the index", async ({ expect }) => {
    const migrations = (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS;
    const queries = migrations.find(({ name }) => name.includes("search_folded"))?.queries ?? [];
    await env.DB.prepare("INSERT INTO catalog_search (catalog_search) VALUES ('delete-all')").run();
    const before = await found("タワー");

    await env.DB.prepare(queries.at(-1) ?? "").run();

    expect([before, await found("タワー"), await found("usb")]).toEqual([[], [ids.towel], [ids.wide]]);
  });
});

it("folds and pairs in SQL as in the Worker", async ({ expect }) => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(..."ｶﾞﾊﾟｳﾞｱﾝｰカガはぱう゛ー・、。京東茶ผ้าสี฿폰ＡｂＺ！　 a1é-々〇𠮷™🍣".split("")),
      fc
        .integer({ min: 0x0e_00, max: 0xff_9f })
        .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
        .map((code) => String.fromCodePoint(code)),
    ),
    maxLength: 40,
  });
  const samples = fc
    .sample(text, { numRuns: 300, seed: 7 })
    .map((each) => each.normalize("NFC"))
    .filter((each) => each.isWellFormed());
  const insert =
    "INSERT INTO products (product_id, name, status, is_bundle, price_minor, created_at_ms, updated_at_ms) SELECT 'fold-' || key, value, 'active', 0, 0, 0, 0 FROM json_each(?)";
  await env.DB.prepare(insert).bind(JSON.stringify(samples)).run();

  const { results } = await env.DB.prepare(
    `SELECT p.name, r.words FROM product_search_rows r JOIN products p ON p.rowid = r.row_no WHERE p.product_id GLOB 'fold-*'`,
  ).all<{ name: string; words: string }>();

  const paired = results.filter(({ words }) => words.includes("\uE000"));
  const different = paired.filter(({ name, words }) => JSON.stringify(pairsIn(words)) !== JSON.stringify(pairsOfText(name)));
  expect(paired.length).toBeGreaterThan(150);
  expect(different).toEqual([]);
});

function pairsIn(words: string): string[] {
  return words.split(/\s+/).filter((word) => word.startsWith("\uE000"));
}

/** Each run's pairs, and its last character alone. */
function pairsOfText(name: string): string[] {
  const runs: string[][] = [[]];
  for (const character of foldedText(name)) {
    if (isPaired(character)) runs.at(-1)?.push(character);
    else runs.push([]);
  }
  return runs.flatMap((run) => (run.length === 0 ? [] : [...(run.length > 1 ? pairsOf(run) : []), ...pairsOf(run.slice(-1))]));
}

it("asks for at most sixteen characters of a run", ({ expect }) => {
  expect(matchExpression({ q: "あ".repeat(60), status: "active" }).match(/\uE000/g)).toHaveLength(15);
});

import { describe, it } from "vitest";
import { alternativesOf, idOf, slugChoices, slugOf, sortNameOf } from "../../../src/catalog/rules/slug.ts";

describe("a slug", () => {
  it.for([
    ["Basmati Rice 1kg", "basmati-rice-1kg"],
    ["Rice & Grains", "rice-and-grains"],
    ["Nilgiri's  Crème Brûlée!", "nilgiris-creme-brulee"],
    ["Straße Łódź Øre Æble", "strasse-lodz-ore-aeble"],
    ["Щи да каша", "shchi-da-kasha"],
    ["Ελιές 500g", "elies-500g"],
    ["Bed Frame 160 × 200", "bed-frame-160-200"],
    ["½ kg", "1-2-kg"],
  ] as const)("of %s is %s", ([name, slug], { expect }) => {
    expect(slugOf(name, "prod-1")).toBe(slug);
  });

  it.for([
    ["चावल", "prod-1"],
    ["चावल 1kg", "1kg-prod-1"],
    ["米", "prod-1"],
    ["!!!", "prod-1"],
    ["\u{1f600}", "prod-1"],
  ] as const)("of %s, which has no Latin letters or not only, has the other text: %s", ([name, slug], { expect }) => {
    expect(slugOf(name, "PROD.1")).toBe(slug);
  });

  it("is never empty, and is cut at a hyphen", ({ expect }) => {
    expect(slugOf("米", "米")).toBe("product");
    expect(slugOf("word ".repeat(40), "p")).toMatch(/^(word-)*word$/);
    expect(slugOf("x".repeat(200), "p")).toHaveLength(80);
    expect(slugOf("word ".repeat(40), "p").length).toBeLessThanOrEqual(80);
  });

  it("has other choices for the second product of a name, and for one whose choices are taken", ({ expect }) => {
    const choices = slugChoices("Rice", "p-1");

    expect(choices.slice(0, 2)).toEqual(["rice", "rice-p-1"]);
    expect(new Set(choices).size).toBe(3);
    expect(alternativesOf("rice", "AB12").slice(0, 2)).toEqual(["rice", "rice-2"]);
    expect(alternativesOf("rice", "AB12").at(-1)).toBe("rice-ab12");
    expect(alternativesOf("export", "AB12")[0]).toBe("export-2");
  });
});

describe("an id", () => {
  it.for([
    ["RICE-BAS-1KG", "RICE-BAS-1KG"],
    ["704.894.50", "704.894.50"],
    ["T-shirt / red (M)", "T-shirt-red-M"],
    ["-_x", "x"],
    ["Ü 1", "U-1"],
    ["кг", "kg"],
  ] as const)("made of %s is %s", ([sku, id], { expect }) => {
    expect(idOf(sku)).toBe(id);
  });

  it("is not made of a text without letters and digits", ({ expect }) => {
    expect([idOf("米"), idOf("--"), idOf("")]).toEqual([undefined, undefined, undefined]);
  });
});

it("sorts by name without accents and case, and differs for every name", ({ expect }) => {
  const names = ["Zebra", "éclair", "Eclair", "apple", "Äpfel", "Éclair"];
  const keys = new Map(names.map((name) => [sortNameOf(name), name]));

  expect(keys.size).toBe(names.length);
  const sorted = [...keys.keys()].toSorted().map((key) => keys.get(key)?.toLowerCase().normalize("NFD").charAt(0));
  expect(sorted).toEqual(["a", "a", "e", "e", "e", "z"]);
});

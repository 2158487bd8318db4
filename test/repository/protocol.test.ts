import { describe, it } from "vitest";
import { brokenCitations, citedPaths, citedRules, readTexts, rulesIn } from "../support/repository/citations.ts";

const texts = readTexts();
const rules = rulesIn(texts.find(({ path }) => path === "docs/protocol.md")?.text ?? "");

describe("what texts cite", () => {
  it("finds the protocol's rules, and citations of them and of files", ({ expect }) => {
    const citing = texts.filter(({ path }) => path !== "docs/protocol.md");

    expect(rules.size).toBeGreaterThanOrEqual(45);
    expect(citing.flatMap(citedRules).length).toBeGreaterThan(150);
    expect(new Set(citing.flatMap(citedRules)).size).toBeGreaterThan(35);
    expect(texts.flatMap(citedPaths).length).toBeGreaterThan(150);
  });

  it("is there: every rule, document, file and heading", ({ expect }) => {
    expect(texts.flatMap((text) => brokenCitations(text, rules))).toEqual([]);
  });
});

describe("the check of citations", () => {
  it.for([
    ["a rule that does not exist", "src/a.ts", "/** Asks once (A1, A9). */", "has no rule A9"],
    ["the end of a range", "src/a.ts", "// Ends it (K2 to K8).", "has no rule K8"],
    ["a rule at the beginning of a comment", "src/a.ts", "/** O19. Sells. */", "has no rule O19"],
    ["a part of a rule", "src/a.ts", "// As when it is short (C4d, C4b, O1a).", "has no rule O1a"],
    ["a document that is elsewhere", "src/a.ts", `// As ${"design".toUpperCase()} says.`, "not in the repository"],
    ["a source that does not exist", "docs/a.md", "`src/orders/no-such.ts`", "there is no src/orders/no-such.ts"],
    ["a test that does not exist, by its name", "docs/a.md", "`no-such.test.ts`", "there is no test/**/no-such.test.ts"],
    ["a document that does not exist", "src/a.ts", "/** See docs/no-such.md. */", "there is no docs/no-such.md"],
    ["a link to no heading", "docs/a.md", "[x](operations.md#no-such)", "docs/operations.md has no heading no-such"],
  ] as const)("names %s", ([, path, text, complaint], { expect }) => {
    const broken = brokenCitations({ path, text }, rules);

    expect(broken).toHaveLength(1);
    expect(broken[0]).toContain(complaint);
  });

  it("takes no encoded text for a rule, and follows patterns of names", ({ expect }) => {
    const text = "%ED%A0%80 `test/orders/**/crash*.test.ts` [audit](operations.md#monitor)";

    expect(brokenCitations({ path: "docs/a.md", text }, rules)).toEqual([]);
  });
});

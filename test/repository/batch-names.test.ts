import { describe, it } from "vitest";
import { readSources, readWorkerSources } from "../support/repository/syntax.ts";

const NAMED = /\bbatch\(\s*"([^"]+)"/g;
const AIMED = /\batD1\(\s*"([^"]+)"/g;

const all = (texts: readonly { text: string }[], pattern: RegExp) =>
  texts.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name = ""]) => name));

describe("the batches at which tests aim faults", () => {
  it("exist: a fault at a batch that was renamed would never happen, and its test would pass", ({ expect }) => {
    const names = new Set(all(readWorkerSources(), NAMED));
    const aimed = all(readSources("test", "**/*.test.ts"), AIMED);

    expect(names.size).toBeGreaterThan(50);
    expect(aimed.length).toBeGreaterThan(10);
    expect(aimed.filter((name) => !names.has(name))).toEqual([]);
  });
});

import { describe, it } from "vitest";
import { toAudited } from "../../../src/writes/rules/change.ts";

const change = { action: "thing.change", recordType: "thing", recordId: "t" };

function sides(before: object | undefined, after: object | undefined) {
  const audited = toAudited({ ...change, before, after });
  const parse = (side: string | null): unknown => (side === null ? null : JSON.parse(side));
  return { before: parse(audited.before), after: parse(audited.after) };
}

describe("an entry of the audit log", () => {
  it("has the members that differ, whatever their order", ({ expect }) => {
    const before = { name: "a", price: 1, tags: { x: 1, y: 2 }, gone: true };
    const after = { price: 2, name: "a", tags: { y: 2, x: 1 }, added: [1] };

    expect(sides(before, after)).toEqual({
      before: { price: 1, gone: true, added: null },
      after: { price: 2, gone: null, added: [1] },
    });
  });

  it("has all members of a created or deleted record", ({ expect }) => {
    expect(sides(undefined, { name: "a" })).toEqual({ before: null, after: { name: "a" } });
    expect(sides({ name: "a" }, undefined)).toEqual({ before: { name: "a" }, after: null });
  });

  it("is empty if nothing differs", ({ expect }) => {
    expect(sides({ name: "a" }, { name: "a" })).toEqual({ before: {}, after: {} });
  });

  it("stays below 4 KiB per side by replacing the longest members with their length", ({ expect }) => {
    const after = { id: "t", description: "d".repeat(4_000), variants: Array.from({ length: 100 }, () => "v".repeat(100)) };

    const kept = sides({ id: "t", description: "short", variants: [] }, after);

    expect(kept.before).toEqual({ description: "short", variants: [] });
    expect(kept.after).toEqual({ description: after.description, variants: { cut_characters: 10_301 } });
    expect(JSON.stringify(kept.after).length).toBeLessThanOrEqual(4_096);
  });

  it("omits undefined members, as JSON does", ({ expect }) => {
    expect(sides(undefined, { name: "a", note: undefined })).toEqual({ before: null, after: { name: "a" } });
  });
});

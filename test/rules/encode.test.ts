import fc from "fast-check";
import { describe, it } from "vitest";
import { base32, canonicalJson } from "../../src/rules/encode.ts";

describe("base32", () => {
  it("encodes known bytes like other implementations", ({ expect }) => {
    const bytes = (text: string) => new TextEncoder().encode(text);

    expect(["", "f", "fo", "foo", "foobar"].map((text) => base32(bytes(text)))).toEqual([
      "",
      "CR",
      "CSQG",
      "CSQPY",
      "CSQPYRK1E8",
    ]);
  });

  it("gives different bytes of one length different texts, without I, L, O and U", ({ expect }) => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(base32(a)).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
        expect(base32(a) === base32(b)).toBe(a.every((byte, index) => byte === b[index]));
      }),
    );
  });
});

describe("canonicalJson", () => {
  it("writes equal values equally, whatever the order of members", ({ expect }) => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, member]) => [key, shuffled(member)]),
      );
    };

    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("distinguishes different values, and omits undefined members", ({ expect }) => {
    expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }));
    expect(new Set([{ a: 1 }, { a: "1" }, { a: [1] }, { a: null }, [1], ["a", 1], {}].map(canonicalJson)).size).toBe(7);
  });
});

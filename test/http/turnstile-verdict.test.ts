import fc from "fast-check";
import { describe, it } from "vitest";
import { base32, toUuid } from "../../src/rules/encode.ts";
import { verdictOf } from "../../src/rules/turnstile.ts";

describe("Turnstile's answer about a token", () => {
  it.for([
    [{ success: true }, { outcome: "passed" }],
    [
      { success: false, "error-codes": ["timeout-or-duplicate"] },
      { outcome: "failed", codes: ["timeout-or-duplicate"] },
    ],
    [{ success: false }, { outcome: "failed", codes: [] }],
    [
      { success: false, "error-codes": [7, "new-code"] },
      { outcome: "failed", codes: ["new-code"] },
    ],
    [
      { success: false, "error-codes": ["x", "invalid-input-secret"] },
      { outcome: "unknown", error: "x invalid-input-secret" },
    ],
    [{ success: "true" }, { outcome: "unknown", error: "no answer about the token" }],
    [undefined, { outcome: "unknown", error: "no answer about the token" }],
    [[], { outcome: "unknown", error: "no answer about the token" }],
  ] as const)("%j is taken as %j", ([body, verdict], { expect }) => {
    expect(verdictOf(body)).toEqual(verdict);
  });
});

describe("toUuid", () => {
  it("makes a UUID of version 8, another one for other bytes", ({ expect }) => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const made = new Map<string, string>();
    fc.assert(
      fc.property(bytes, (each) => {
        const text = base32(each);
        const uuid = toUuid(text);
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        made.set(text, uuid);
      }),
    );
    const random = [...Array(200)].map(() => toUuid(base32(crypto.getRandomValues(new Uint8Array(32)))));
    expect(new Set(random).size).toBe(200);
    expect(made.size).toBeGreaterThan(50);
  });
});

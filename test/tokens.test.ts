import { afterEach, describe, it, vi } from "vitest";
import { readAccessToken, signAccessToken } from "../src/tokens.ts";

const SETTINGS = { jwtSecret: "s".repeat(32), previousJwtSecret: undefined, environment: "test" };
const START_MS = Date.UTC(2026, 10, 21, 9, 0, 0, 999);
const TIMES = { issuedAtMs: START_MS, expiresAtMs: START_MS + 900_000 };

afterEach(() => {
  vi.useRealTimers();
});

describe("an access token", () => {
  it("is valid for its time, to the second, and slightly before it for clocks that differ", async ({ expect }) => {
    const token = await signAccessToken(SETTINGS, "user-1", TIMES);
    const readAt = (ms: number) => {
      vi.useFakeTimers({ toFake: ["Date"], now: ms });
      return readAccessToken(SETTINGS, token);
    };

    const seen = [
      await readAt(START_MS - 2_000),
      await readAt(START_MS),
      await readAt(START_MS + 899_000),
      await readAt(START_MS + 900_000),
    ];

    expect(seen).toEqual(["user-1", "user-1", "user-1", undefined]);
  });

  it.for([
    ["another secret", { jwtSecret: "t".repeat(32) }],
    ["another environment", { environment: "production" }],
    ["no environment", { environment: "" }],
  ] as const)("is not valid with %s", async ([, settings], { expect }) => {
    const token = await signAccessToken({ ...SETTINGS, ...settings }, "user-1", {
      issuedAtMs: Date.now(),
      expiresAtMs: Date.now() + 900_000,
    });

    expect(await readAccessToken(SETTINGS, token)).toBeUndefined();
  });
});

import { afterEach, describe, it, vi } from "vitest";
import { linkTokenOf, orderTokenOf, readAccessToken, readOrderToken, signAccessToken } from "../src/tokens.ts";

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

describe("the token of a link to an order", () => {
  const SHOP = { tokenSecret: "a-token-secret-0123456789", previousTokenSecret: undefined, environment: "test" };
  const EXPIRES_MS = 1_800_000_000_000;
  const made = () => linkTokenOf(SHOP, "ORD1", EXPIRES_MS);
  const read = (token: string, settings: Partial<typeof SHOP> & object = {}, nowMs = EXPIRES_MS - 1) =>
    readOrderToken({ ...SHOP, ...settings }, { token, orderId: "ORD1", nowMs });

  it("is good until its time, and known for expired afterwards", async ({ expect }) => {
    const token = await made();

    expect(token).toMatch(/^hfl_1800000000_[0-9A-Z]{52}$/);
    expect(await read(token)).toBe("valid");
    expect(await read(token, {}, EXPIRES_MS)).toBe("expired");
    expect(await read(token, {}, EXPIRES_MS + 10 * 365 * 86_400_000)).toBe("expired");
  });

  it("is of one order, one environment and one secret, which may be the previous one", async ({ expect }) => {
    const token = await made();
    const ofOther = { token, orderId: "ORD2", nowMs: EXPIRES_MS - 1 };
    const rotated = { tokenSecret: "the-newest-secret-0123456789" };

    expect(await readOrderToken(SHOP, ofOther)).toBeUndefined();
    expect(await readOrderToken(SHOP, { ...ofOther, nowMs: EXPIRES_MS })).toBeUndefined();
    expect(await read(token, { environment: "production" })).toBeUndefined();
    expect(await read(token, rotated)).toBeUndefined();
    expect(
      await readOrderToken({ ...SHOP, ...rotated, previousTokenSecret: SHOP.tokenSecret }, { ...ofOther, orderId: "ORD1" }),
    ).toBe("valid");
  });

  it("is nothing once it was changed: a later end, the same without its end, another's", async ({ expect }) => {
    const token = await made();
    const [, , signature = ""] = token.split("_");
    const changed = [
      token.replace("1800000000", "1900000000"),
      token.replace("1800000000", "01800000000"),
      token.replace("1800000000", "1800000000.5"),
      token.toLowerCase(),
      `${token}0`,
      signature,
      `hfl__${signature}`,
      `hfl_1800000000_${await orderTokenOf(SHOP, "ORD1")}`,
      "",
    ];

    for (const each of changed) expect([each, await read(each)]).toEqual([each, undefined]);
  });

  it("is not the order's own, which has no end", async ({ expect }) => {
    const own = await orderTokenOf(SHOP, "ORD1");

    expect(await read(own, {}, Number.MAX_SAFE_INTEGER)).toBe("valid");
    expect(await read(own, { environment: "production" })).toBe("valid");
    expect(await made()).not.toContain(own);
  });
});

import { describe, it } from "vitest";
import { derivedId, derivedToken, derivedWebhookSecret, hashOf, randomId, randomTry, sameSecret } from "../src/ids.ts";

const SECRET = "a-secret-of-the-shop-0123";

describe("random ids", () => {
  it("have 128 bits, for holds 80, and never repeat", ({ expect }) => {
    const ids = Array.from({ length: 1_000 }, randomId);

    expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
    expect(randomTry()).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(new Set(ids).size).toBe(1_000);
  });
});

describe("derived ids", () => {
  it("depend on every part, their order and boundaries, and the secret", async ({ expect }) => {
    const ids = await Promise.all([
      derivedId(SECRET, "guest", "POST /orders", "key"),
      derivedId(SECRET, "admin", "POST /orders", "key"),
      derivedId(SECRET, "guest", "key", "POST /orders"),
      derivedId(SECRET, "guestPOST /orders", "key"),
      derivedId(SECRET, "guest", "POST /orders", "Key"),
      derivedId(`${SECRET}4`, "guest", "POST /orders", "key"),
    ]);

    expect(new Set(ids).size).toBe(6);
    expect(await derivedId(SECRET, "guest", "POST /orders", "key")).toBe(ids[0]);
  });

  it("differ from tokens and hashes of the same text", async ({ expect }) => {
    const [id, token, hash] = [await derivedId(SECRET, "x"), await derivedToken(SECRET, "x"), await hashOf("x")];

    expect([id.length, token.length, hash.length]).toEqual([26, 52, 52]);
    expect(token).not.toBe(hash);
  });
});

describe("a webhook's secret", () => {
  it("is 32 bytes in the format of Standard Webhooks, determined by its parts", async ({ expect }) => {
    const secrets = await Promise.all([
      derivedWebhookSecret(SECRET, "webhook", "e1", "1"),
      derivedWebhookSecret(SECRET, "webhook", "e1", "2"),
      derivedWebhookSecret(SECRET, "webhook", "e11", "1"),
      derivedWebhookSecret(`${SECRET}4`, "webhook", "e1", "1"),
    ]);

    expect(secrets.map((secret) => atob(secret.replace("whsec_", "")).length)).toEqual([32, 32, 32, 32]);
    expect(new Set(secrets).size).toBe(4);
    expect(await derivedWebhookSecret(SECRET, "webhook", "e1", "1")).toBe(secrets[0]);
  });
});

describe("sameSecret", () => {
  it("is true only for equal texts, whatever their lengths", async ({ expect }) => {
    const pairs = [
      ["a", "a"],
      ["a", "b"],
      ["a", "aa"],
      ["", "a"],
      ["", ""],
      ["ಬ", "ಬ"],
    ] as const;

    expect(await Promise.all(pairs.map(([left, right]) => sameSecret(left, right)))).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});

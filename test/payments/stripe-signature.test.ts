import { describe, it } from "vitest";
import { isSignedByStripe } from "../../src/payments/stripe-signature.ts";
import { signed, WEBHOOK_SECRET } from "../support/payments/stripe.ts";

const NOW_MS = Date.UTC(2026, 10, 21);
const NOW_S = NOW_MS / 1_000;
const BODY = '{"id":"evt_1",  "text":"₹ übrig"}\n';

const bytes = (text: string) => new TextEncoder().encode(text);

function isSigned(header: string, body: Uint8Array = bytes(BODY), secret = WEBHOOK_SECRET): Promise<boolean> {
  return isSignedByStripe(secret, header, body, NOW_MS);
}

/** The parts of a header made by Stripe's own library. */
async function parts(more: Parameters<typeof signed>[1] = {}) {
  const header = await signed(BODY, { timestamp: NOW_S, ...more });
  const [t = "", v1 = ""] = header.split(",");
  return { header, t, v1 };
}

describe("a signature of Stripe", () => {
  it("by its own library is valid for exactly these bytes", async ({ expect }) => {
    const { header } = await parts();

    expect(await isSigned(header)).toBe(true);
    expect(await isSigned(header, bytes(JSON.stringify(JSON.parse(BODY))))).toBe(false);
    expect(await isSigned(header, bytes(`\ufeff${BODY}`))).toBe(false);
    expect(await isSigned(header, bytes(BODY), "whsec_another_secret_0123")).toBe(false);
  });

  it.for([
    [0, true],
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
    [-86_400, false],
  ] as const)("%i s from now: %s", async ([seconds, isGood], { expect }) => {
    const { header } = await parts({ timestamp: NOW_S + seconds });

    expect(await isSigned(header)).toBe(isGood);
  });

  it("is valid when one of several is, with any other schemes, and in any order", async ({ expect }) => {
    const { t, v1 } = await parts();
    const wrong = `v1=${"0".repeat(64)}`;

    expect(await isSigned(`${t},${wrong},${v1}`)).toBe(true);
    expect(await isSigned(`${v1}, ${wrong}, v0=abc, ${t}`)).toBe(true);
    expect(await isSigned(`${t},${wrong},${wrong}`)).toBe(false);
    expect(await isSigned(`${t},${v1.replace("v1", "v0")}`)).toBe(false);
  });

  it("whose time was changed is invalid", async ({ expect }) => {
    const { v1 } = await parts();

    expect(await isSigned(`t=${NOW_S + 1},${v1}`)).toBe(false);
  });

  it("that cannot be parsed is invalid", async ({ expect }) => {
    const { t, v1 } = await parts();
    const times = ["", "x", "1e9", "-1", "NaN", `${NOW_S},${t}`].map((time) => `t=${time},${v1}`);
    const values = ["", "zz", v1.slice(3, -1), `${v1.slice(3)}0`, v1.slice(3).toUpperCase()].map((value) => `${t},v1=${value}`);
    const headers = ["", ",", "nonsense", t, v1, ...times, ...values];

    expect(await Promise.all(headers.map((header) => isSigned(header)))).toEqual(headers.map(() => false));
  });

  it("beyond the tenth is ignored, so that headers cannot cause work", async ({ expect }) => {
    const { t, v1 } = await parts();
    const wrong = (count: number) => Array.from({ length: count }, () => `v1=${"0".repeat(64)}`).join();

    expect(await isSigned(`${t},${wrong(9)},${v1}`)).toBe(true);
    expect(await isSigned(`${t},${wrong(10)},${v1}`)).toBe(false);
  });
});

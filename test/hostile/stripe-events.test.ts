import { beforeAll, describe, it } from "vitest";
import fc from "fast-check";
import { signed, succeeded } from "../support/payments/stripe.ts";
import { bodyOf, placed } from "../support/orders/http.ts";
import { openAttackedShop, type Shop, STRIPE } from "./shop.ts";
import { writtenBetween, readWrites } from "./checks/writes.ts";

const secret = STRIPE.webhookSecret;
const nowS = () => Math.floor(Date.now() / 1_000);
const zeros = "0".repeat(64);

describe("a forged Stripe event", () => {
  let shop: Shop;
  let body: string;
  let signature: string;

  beforeAll(async () => {
    shop = await openAttackedShop();
    const order = await placed(bodyOf([shop.rice], { payment_method: "card" }));
    body = JSON.stringify(succeeded(order.order_id, Math.round(Number(order.total) * 100)));
    signature = await signed(body, { secret });
  });

  const send = (text: string | Uint8Array, header: string | undefined) => {
    const headers = { "Content-Type": "application/json", ...(header !== undefined && { "Stripe-Signature": header }) };
    return shop.fetch(new Request("http://holdfast.test/api/v1/webhooks/stripe", { method: "POST", headers, body: text }));
  };

  /** Sends an event. @returns the status, the code, and what was written */
  const resultOf = async (text: string | Uint8Array, header: string | undefined) => {
    const before = await readWrites([shop.rice]);
    const response = await send(text, header);
    const { code } = await response.json<{ code: string }>();
    return [response.status, code, ...writtenBetween(before, await readWrites([shop.rice]))];
  };

  it("with any byte of its body changed is refused and writes nothing", async ({ expect }) => {
    const bytes = new TextEncoder().encode(body);
    const altered = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }));

    await fc.assert(
      fc.asyncProperty(altered, async ([at, by]) => {
        const text = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ by : byte));
        expect(await resultOf(text, signature)).toEqual([400, "signature_invalid"]);
      }),
    );
  });

  it.for<readonly [string, () => Promise<readonly [string, string | undefined]> | readonly [string, string | undefined]]>([
    ["not signed", () => [body, undefined]],
    ["signed with an empty header", () => [body, ""]],
    ["followed by a second event", () => [`${body}${body}`, signature]],
    ["followed by a space", () => [`${body} `, signature]],
    ["one byte shorter", () => [body.slice(0, -1), signature]],
    ["empty", () => ["", signature]],
    ["serialised differently", () => [JSON.stringify(JSON.parse(body), null, 1), signature]],
    ["signed with another secret", async () => [body, await signed(body, { secret: "whsec_another_secret_0123456789" })]],
    ["signed with an empty secret", async () => [body, await signed(body, { secret: "\u0000" })]],
    ["five minutes and a second old", async () => [body, await signed(body, { secret, timestamp: nowS() - 301 })]],
    ["five minutes and a second in the future", async () => [body, await signed(body, { secret, timestamp: nowS() + 301 })]],
    [
      "signed long ago, with a new timestamp",
      async () => [body, (await signed(body, { secret, timestamp: 1 })).replace("t=1", `t=${nowS()}`)],
    ],
    ["signed with two timestamps", () => [body, `t=${nowS() - 1},${signature}`]],
    ["signed without a timestamp", () => [body, signature.slice(signature.indexOf(",") + 1)]],
    ["timestamped without a signature", () => [body, signature.slice(0, signature.indexOf(","))]],
    ["signed with several wrong signatures", () => [body, `t=${nowS()},v1=${zeros},v1=${zeros},v0=${signature.slice(-64)}`]],
    ["signed under another scheme", () => [body, signature.replace("v1=", "v0=")]],
    ["signed with a truncated signature", () => [body, signature.slice(0, -2)]],
    [
      "signed with ten wrong signatures before the right one",
      () => [body, signature.replace("v1=", `${`v1=${zeros},`.repeat(10)}v1=`)],
    ],
    ["signed with 10,000 signatures", () => [body, `t=${nowS()}${`,v1=${zeros}`.repeat(10_000)}`]],
  ])("that is %s is refused and writes nothing", async ([, make], { expect }) => {
    const [text, header] = await make();

    expect(await resultOf(text, header)).toEqual([400, "signature_invalid"]);
  });

  it("is refused for its forgery alone: the genuine event is accepted, and applied once however often it is sent", async ({
    expect,
  }) => {
    const first = await send(body, signature);
    const before = await readWrites([shop.rice]);
    const again = await Promise.all([send(body, signature), send(body, signature), send(body, `${signature},v1=${zeros}`)]);

    expect([first.status, ...again.map(({ status }) => status)]).toEqual([200, 200, 200, 200]);
    expect(writtenBetween(before, await readWrites([shop.rice]))).toEqual([]);
  });
});

import { beforeAll, describe, it } from "vitest";
import fc from "fast-check";
import { signed, succeeded } from "../support/payments/stripe.ts";
import { bodyOf, placed } from "../support/orders/http.ts";
import { attackedShop, type Shop, STRIPE } from "./shop.ts";
import { changesBetween, tracesNow } from "./checks/writes.ts";

const secret = STRIPE.webhookSecret;
const nowS = () => Math.floor(Date.now() / 1_000);
const zeros = "0".repeat(64);

describe("an event that is not Stripe's", () => {
  let shop: Shop;
  let body: string;
  let good: string;

  beforeAll(async () => {
    shop = await attackedShop();
    const order = await placed(bodyOf([shop.rice], { payment_method: "card" }));
    body = JSON.stringify(succeeded(order.order_id, Math.round(Number(order.total) * 100)));
    good = await signed(body, { secret });
  });

  const send = (text: string | Uint8Array, signature: string | undefined) => {
    const headers = { "Content-Type": "application/json", ...(signature !== undefined && { "Stripe-Signature": signature }) };
    return shop.fetch(new Request("http://holdfast.test/api/v1/webhooks/stripe", { method: "POST", headers, body: text }));
  };

  /** Sends it, and finds that it was refused and nothing came of it. */
  const refusedWith = async (text: string | Uint8Array, signature: string | undefined) => {
    const before = await tracesNow([shop.rice]);
    const response = await send(text, signature);
    const { code } = await response.json<{ code: string }>();
    return [response.status, code, ...changesBetween(before, await tracesNow([shop.rice]))];
  };

  it("because any one byte of it is another, is refused and does nothing", async ({ expect }) => {
    const bytes = new TextEncoder().encode(body);
    const altered = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }));

    await fc.assert(
      fc.asyncProperty(altered, async ([at, by]) => {
        const text = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ by : byte));
        expect(await refusedWith(text, good)).toEqual([400, "signature_invalid"]);
      }),
    );
  });

  it.for<readonly [string, () => Promise<readonly [string, string | undefined]> | readonly [string, string | undefined]]>([
    ["not signed", () => [body, undefined]],
    ["signed by nothing", () => [body, ""]],
    ["one event longer", () => [`${body}${body}`, good]],
    ["a blank longer", () => [`${body} `, good]],
    ["a byte shorter", () => [body.slice(0, -1), good]],
    ["empty", () => ["", good]],
    ["spelled another way", () => [JSON.stringify(JSON.parse(body), null, 1), good]],
    ["signed with another secret", async () => [body, await signed(body, { secret: "whsec_another_secret_0123456789" })]],
    ["signed with an empty secret", async () => [body, await signed(body, { secret: "\u0000" })]],
    ["five minutes and a second old", async () => [body, await signed(body, { secret, timestamp: nowS() - 301 })]],
    ["five minutes and a second to come", async () => [body, await signed(body, { secret, timestamp: nowS() + 301 })]],
    ["of an old time made new", async () => [body, (await signed(body, { secret, timestamp: 1 })).replace("t=1", `t=${nowS()}`)]],
    ["of two times", () => [body, `t=${nowS() - 1},${good}`]],
    ["of a signature without its time", () => [body, good.slice(good.indexOf(",") + 1)]],
    ["of a time without its signature", () => [body, good.slice(0, good.indexOf(","))]],
    ["of several signatures, none right", () => [body, `t=${nowS()},v1=${zeros},v1=${zeros},v0=${good.slice(-64)}`]],
    ["of a signature in another scheme", () => [body, good.replace("v1=", "v0=")]],
    ["of a signature cut short", () => [body, good.slice(0, -2)]],
    ["of a signature behind ten wrong ones", () => [body, good.replace("v1=", `${`v1=${zeros},`.repeat(10)}v1=`)]],
    ["of 10,000 signatures", () => [body, `t=${nowS()}${`,v1=${zeros}`.repeat(10_000)}`]],
  ])("because it is %s, is refused and does nothing", async ([, make], { expect }) => {
    const [text, signature] = await make();

    expect(await refusedWith(text, signature)).toEqual([400, "signature_invalid"]);
  });

  it("was refused for that alone: the event itself is taken, and once however often it is sent", async ({ expect }) => {
    const first = await send(body, good);
    const before = await tracesNow([shop.rice]);
    const again = await Promise.all([send(body, good), send(body, good), send(body, `${good},v1=${zeros}`)]);

    expect([first.status, ...again.map(({ status }) => status)]).toEqual([200, 200, 200, 200]);
    expect(changesBetween(before, await tracesNow([shop.rice]))).toEqual([]);
  });
});

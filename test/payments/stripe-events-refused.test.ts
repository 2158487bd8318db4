import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { purgeEvents } from "../../src/payments/sweep-steps.ts";
import { appWith, type Ask } from "../support/http/app.ts";
import { silenceD1 } from "../support/d1-faults.ts";
import type { ProblemBody } from "../support/orders/http.ts";
import { paidOrder, rowsOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { eventOf, notify, shopWithStripe, signed, succeeded, waiting } from "../support/payments/stripe.ts";

beforeAll(demoWarehouses);

const OK = { status: 200, body: { received: true } };

let ask: Ask;
beforeAll(() => {
  ask = shopWithStripe().ask;
});

describe("an event without effect", () => {
  it("is acknowledged where Stripe signed it and its type is not handled", async ({ expect }) => {
    expect(await notify(ask, eventOf("customer.created", { id: "cus_1" }))).toMatchObject(OK);
    expect(await notify(ask, eventOf("constructor", {}))).toMatchObject(OK);
    expect(
      await notify(ask, eventOf("charge.refunded", { amount_refunded: 1, currency: "inr", payment_intent: null })),
    ).toMatchObject(OK);
  });

  it("is refused where it is not signed, or with another secret, and has no effect", async ({ expect }) => {
    const { orderId, amount } = await waiting();
    const event = succeeded(orderId, amount);
    const forged = await signed(JSON.stringify(event), { secret: "whsec_another_secret_0123" });
    const headers = { "Content-Type": "application/json" };

    const answers = [
      await notify<ProblemBody>(ask, event, forged),
      await notify<ProblemBody>(ask, event, ""),
      await (await ask("/api/v1/webhooks/stripe", { method: "POST", headers, body: JSON.stringify(event) })).json<ProblemBody>(),
    ];

    expect(answers.map((answer) => ("body" in answer ? (answer.body as ProblemBody).code : answer.code))).toEqual([
      "signature_invalid",
      "signature_invalid",
      "signature_invalid",
    ]);
    expect((await paidOrder(orderId)).payment_status).toBe("pending");
  });

  it.for([
    ["no JSON", "nothing", 400, "malformed_json"],
    ["no event", "[]", 422, "validation_failed"],
    ["null", "null", 422, "validation_failed"],
    ["an event without an id", { type: "customer.created", data: { object: {} } }, 422, "validation_failed"],
    ["an amount that is text", succeeded("ORD1", 1, { amount_received: "1" }), 422, "validation_failed"],
    ["an amount below zero", succeeded("ORD1", -1), 422, "validation_failed"],
    ["an amount with a point", succeeded("ORD1", 1.5), 422, "validation_failed"],
    ["an amount that no number holds", succeeded("ORD1", 1e300), 422, "validation_failed"],
    ["no currency", succeeded("ORD1", 1, { currency: undefined }), 422, "validation_failed"],
    ["an intent without an id", succeeded("ORD1", 1, { id: "" }), 422, "validation_failed"],
  ] as const)("is refused where Stripe signed %s", async ([, event, status, code], { expect }) => {
    const body = typeof event === "string" ? event : JSON.stringify(event);
    const headers = { "Stripe-Signature": await signed(body) };

    const answer = await ask("/api/v1/webhooks/stripe", { method: "POST", headers, body });

    expect([answer.status, (await answer.json<ProblemBody>()).code]).toEqual([status, code]);
  });

  it("is refused where it is larger than 64 KiB", async ({ expect }) => {
    const { status, body } = await notify<ProblemBody>(ask, eventOf("customer.created", { text: "x".repeat(65_536) }));

    expect([status, body.code]).toEqual([413, "body_too_large"]);
  });

  it("is answered 501 where the shop has no secret for it, and 503 while D1 is silent", async ({ expect }) => {
    const event = eventOf("customer.created", {});
    const bare = appWith({});
    const restore = silenceD1();

    const silent = await notify<ProblemBody>(ask, event);
    restore();
    const unset = await notify<ProblemBody>(bare, event);

    expect(silent.status).toBeGreaterThanOrEqual(500);
    expect([unset.status, unset.body.code]).toEqual([501, "payments_not_configured"]);
  });

  it("is purged after 30 days by the sweep, and not before", async ({ expect }) => {
    const [old, young] = [newId("evt"), newId("evt")];
    const days = (count: number) => Date.now() - count * 86_400_000;
    await rowsOf("INSERT INTO provider_events VALUES (?, 'x', ?), (?, 'x', ?)", old, days(31), young, days(29));

    await purgeEvents(bindDeps(env, { waitUntil: () => {} }).deps);

    const left = await rowsOf("SELECT event_id FROM provider_events WHERE event_id IN (?, ?)", old, young);
    expect(left).toEqual([{ event_id: young }]);
  });
});

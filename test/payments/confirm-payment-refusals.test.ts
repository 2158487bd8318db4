import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { post } from "../support/http/requests.ts";
import { soldOrder } from "../support/orders/lifecycle.ts";
import { ORDERS, type ProblemBody, read } from "../support/orders/http.ts";
import { confirm, paymentsOf } from "../support/payments/payments.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

const CARD = { payment_method: "card" };

describe("confirming payments", () => {
  it("is open to staff, or a machine with the right; nobody else", async ({ expect }) => {
    const { orderId, token } = await soldOrder(1, CARD);
    const right = (await keyOf(["payments:confirm"])).key;
    const wrong = (await keyOf(["orders:move"])).key;

    const guest = await confirm(orderId, {}, {});
    const own = await confirm(orderId, {}, { token });
    const customer = await confirm(orderId, {}, { token: (await userOf()).token });
    const other = await confirm(orderId, {}, { token: wrong });
    const machine = await confirm(orderId, {}, { token: right });

    expect([guest, own, customer, other, machine].map(({ status }) => status)).toEqual([401, 401, 403, 403, 200]);
  });

  it("is in the audit log, without the reference", async ({ expect }) => {
    const { orderId } = await soldOrder(1, CARD);
    await confirm(orderId, { payment_reference: "UTR of Asha" });

    const { results } = await env.DB.prepare("SELECT action, after FROM audit_log WHERE record_id = ?").bind(orderId).all();

    expect(results).toEqual([{ action: "order.pay", after: expect.stringContaining('"payment_status":"paid"') }]);
    expect(JSON.stringify(results)).not.toContain("Asha");
  });
});

describe("an invalid confirmation", () => {
  const good = { payment_reference: "UTR", amount: 150, currency: "INR" };

  it("of a missing order is refused", async ({ expect }) => {
    const { status, body } = await read(await post(`${ORDERS}/ORDNONE/payment/confirm`, good, { admin: true }));

    expect([status, body]).toMatchObject([404, { code: "not_found" }]);
  });

  it.for([
    ["payment_reference", undefined],
    ["payment_reference", ""],
    ["payment_reference", "   "],
    ["payment_reference", "x".repeat(201)],
    ["payment_reference", "a\u0000b"],
    ["payment_reference", "\ud800"],
    ["payment_reference", 7],
    ["amount", undefined],
    ["amount", "150"],
    ["amount", -1],
    ["amount", null],
    ["amount", 150.001],
    ["amount", 1e300],
    ["currency", undefined],
    ["currency", "inr"],
    ["currency", "INRX"],
    ["currency", "₹"],
    ["currency", 356],
  ] as const)("because %s is %j names the field", async ([field, value], { expect }) => {
    const { orderId } = await soldOrder(1, CARD);

    const { status, body } = await read<ProblemBody>(
      await post(`${ORDERS}/${orderId}/payment/confirm`, { ...good, [field]: value }, { admin: true }),
    );

    expect([status, body]).toMatchObject([422, { code: "validation_failed", errors: [{ field }] }]);
    expect(await paymentsOf(orderId)).toEqual([]);
  });
});

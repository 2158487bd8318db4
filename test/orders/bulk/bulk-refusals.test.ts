import { beforeAll, describe, it } from "vitest";
import { KEY_ACTIONS } from "../../../src/rules/rights.ts";
import { keyOf, userOf } from "../../support/accounts/accounts.ts";
import { bulk, outcomes, severalOrders, whatHappened } from "../../support/orders/bulk.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import { inStock, newKey, type ProblemBody } from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const MISSING = "ORD00000000000000000000000000";

let rice = "";

beforeAll(async () => {
  await openShop();
  rice = await inStock(1_000);
});

describe("who may change many orders", () => {
  it("needs the right for many and that of the single request", async ({ expect }) => {
    const orderIds = await severalOrders(rice, 1);
    const without = (right: string) => KEY_ACTIONS.filter((action) => action !== right);
    const keys = {
      mover: (await keyOf(["orders:bulk", "orders:move"])).key,
      editor: (await keyOf(["orders:bulk", "orders:edit"])).key,
      "all but bulk": (await keyOf(without("orders:bulk"))).key,
      "all but delete": (await keyOf(without("orders:delete"))).key,
      staff: (await userOf("staff")).token,
      admin: (await userOf("admin")).token,
      customer: (await userOf("customer")).token,
    };
    const actions = [{ action: "add_tag", tag: "a" }, { action: "process" }, { action: "cancel" }, { action: "delete" }];

    const answered: Record<string, number[]> = {};
    for (const [name, token] of Object.entries(keys)) {
      const statuses: number[] = [];
      for (const change of actions) statuses.push((await bulk([...orderIds], change, { token })).status);
      answered[name] = statuses;
    }

    expect(answered).toEqual({
      mover: [403, 200, 200, 403],
      editor: [200, 403, 403, 403],
      "all but bulk": [403, 403, 403, 403],
      "all but delete": [200, 200, 200, 403],
      staff: [200, 200, 200, 403],
      admin: [200, 200, 200, 200],
      customer: [403, 403, 403, 403],
    });
    expect((await bulk(orderIds, { action: "process" }, {})).status).toBe(401);
  });

  it("is told the right that is missing, and nothing is done", async ({ expect }) => {
    const orderIds = await severalOrders(rice, 1);
    const { key } = await keyOf(["orders:bulk"]);

    const answer = await bulk<ProblemBody>(orderIds, { action: "process" }, { token: key });

    expect(answer.body).toMatchObject({ code: "forbidden", detail: "process requires the right orders:move." });
    expect(await whatHappened(orderIds[0] ?? "")).toEqual(["placed PENDING"]);
  });
});

describe("a change of many orders that is not valid", () => {
  it.for([
    [{ action: "reopen" }, "action"],
    [{ action: "add_tag" }, "tag"],
    [{ action: "add_tag", tag: "x".repeat(41) }, "tag"],
    [{ action: "remove_tag" }, "tag"],
    [{ action: "process", tag: "a" }, "tag"],
    [{ action: "delete", note: "Gone" }, "note"],
    [{ action: "delete", note: null }, "note"],
    [{ action: "add_tag", tag: "a", note: "Why" }, "note"],
    [{ action: "process", reason: "x" }, "reason"],
    [{ action: "process", order_ids: [] }, "order_ids"],
    [{ action: "process", order_ids: ["ORD1", "ORD2", "ORD1"] }, "order_ids[2]"],
    [{ action: "process", order_ids: Array.from({ length: 41 }, (_, index) => `ORD${index}`) }, "order_ids"],
    [{ action: "process", order_ids: "ORD1" }, "order_ids"],
  ] as const)("is refused as a whole: %o", async ([change, field], { expect }) => {
    const orderIds = await severalOrders(rice, 1);

    const answer = await bulk<ProblemBody>(orderIds, change);

    expect([answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([422, [field]]);
    expect(await whatHappened(orderIds[0] ?? "")).toEqual(["placed PENDING"]);
  });

  it("is refused with If-Match, which is about one record", async ({ expect }) => {
    const answer = await bulk<ProblemBody>([MISSING], { action: "process" }, { ...ADMIN, headers: { "If-Match": '"1"' } });

    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, "If-Match"]);
  });
});

describe("a repeat of a change of many orders", () => {
  it("with its key is answered the same, although orders that were refused could be changed by now", async ({ expect }) => {
    const [cod = "", card = ""] = [
      ...(await severalOrders(rice, 1)),
      ...(await severalOrders(rice, 1, { payment_method: "card" })),
    ];
    const options = { ...ADMIN, key: newKey() };
    const first = await bulk([cod, card], { action: "process" }, options);
    await sqlInD1("UPDATE orders SET payment_status = 'cod', payment_method = 'cod' WHERE order_id = ?", card);

    const second = await bulk([cod, card], { action: "process" }, options);
    const fresh = await bulk([cod, card], { action: "process" }, { ...ADMIN, key: newKey() });

    expect(second.body).toEqual(first.body);
    expect([first.headers.get("Idempotency-Replayed"), second.headers.get("Idempotency-Replayed")]).toEqual([null, "true"]);
    expect(outcomes(fresh)).toEqual([
      [cod, "unchanged"],
      [card, "changed"],
    ]);
  });

  it.for([[{ action: "complete" }], [{ action: "process", note: "Other" }]])(
    "with its key and another body is refused: %o",
    async ([change], { expect }) => {
      const orderIds = await severalOrders(rice, 1);
      const options = { ...ADMIN, key: newKey() };
      await bulk(orderIds, { action: "process" }, options);

      const answer = await bulk<ProblemBody>(orderIds, change ?? {}, options);

      expect([answer.status, answer.body.code]).toEqual([422, "idempotency_key_reused"]);
    },
  );

  it("keeps its key for other orders, too", async ({ expect }) => {
    const [first = "", second = ""] = await severalOrders(rice, 2);
    const options = { ...ADMIN, key: newKey() };
    await bulk([first], { action: "process" }, options);

    const answer = await bulk<ProblemBody>([first, second], { action: "process" }, options);

    expect([answer.status, answer.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await whatHappened(second)).toEqual(["placed PENDING"]);
  });
});

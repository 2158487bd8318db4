import { beforeAll, describe, it } from "vitest";
import { appWith } from "../../support/http/app.ts";
import { get, patch } from "../../support/http/requests.ts";
import { bodyOf, inStock, placed, send } from "../../support/orders/http.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

const ids = async (q: string) => {
  const { orders } = await (
    await get(`/api/v1/orders?q=${encodeURIComponent(q)}`, { admin: true })
  ).json<{ orders: { order_id: string }[] }>();
  return orders.map(({ order_id: orderId }) => orderId);
};

describe("the contact of an order", () => {
  it("is stored in one spelling: the phone as E.164, the e-mail with its domain in ASCII", async ({ expect }) => {
    const productId = await inStock(9);
    const customer_email = `John&Jane-${newId()}@Bücher.Example`;

    const order = await placed(bodyOf([productId], { customer_phone: "098450-77701", customer_email }));

    const normal = `${customer_email.toLowerCase().split("@")[0]}@xn--bcher-kva.example`;
    expect(order).toMatchObject({ customer_phone: "+919845077701", customer_email: normal });
    for (const q of ["98450 77701", "+91 98450 77701", "+919845077701", customer_email, normal])
      expect(await ids(q), q).toEqual([order.order_id]);
  });

  it("is found as it was typed where a release before 0.4.0 stored it", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));
    await sqlInD1("UPDATE orders SET customer_phone = '098450 77702' WHERE order_id = ?", order.order_id);

    expect(await ids("098450 77702")).toEqual([order.order_id]);
  });

  it("may be a text where none is needed, and is not a contact then", async ({ expect }) => {
    const [free, limited] = [await inStock(2), await inStock(2, { max_per_customer: 1 })];
    const order = await placed(bodyOf([free], { customer_phone: "call me" }));

    for (const customer_phone of ["call me", "call me at 5", "0000000000"]) {
      const { body } = await send(bodyOf([limited], { customer_phone }));
      expect(body, customer_phone).toMatchObject({
        status: 422,
        code: "contact_required",
        errors: [{ field: "customer_phone" }],
      });
    }
    expect(order).toMatchObject({ customer_phone: "call me" });
  });

  it("is no text where the shop demands one for cash", async ({ expect }) => {
    const productId = await inStock(3);
    const ask = appWith({ cashNeedsContact: true });
    const post = (customer_phone: string) =>
      ask("/api/v1/orders", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(bodyOf([productId], { customer_phone })),
      });

    expect(await (await post("call me")).json()).toMatchObject({ status: 422, code: "contact_required" });
    expect((await post("98450 77703")).status).toBe(201);
  });

  it("is normalised when staff change it, and once for one key", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));
    const asked = { customer_phone: "(098450) 77704", customer_email: "asha@उदाहरण.भारत" };
    const edit = () => patch(`/api/v1/orders/${order.order_id}`, asked, { admin: true, key: `contact-${order.order_id}` });

    const [first, again] = [await edit(), await edit()];

    expect(await first.json()).toMatchObject({
      customer_phone: "+919845077704",
      customer_email: "asha@xn--p1b6ci4b4b3a.xn--h2brj9c",
    });
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  });

  it("counts for a limit across releases: a purchase that was typed before is one of the number of today", async ({ expect }) => {
    const productId = await inStock(9, { max_per_customer: 1 });
    const key = "phone:845077705";
    await placed(bodyOf([productId], { customer_phone: "+91 98450 77705", customer_email: `${newId()}@example.com` }));

    expect(
      await sqlInD1("SELECT customer FROM limited_purchases WHERE product_id = ? AND customer GLOB 'phone:*'", productId),
    ).toEqual([{ customer: key }]);
    const { body } = await send(
      bodyOf([productId], { customer_phone: "0 98450 77705", customer_email: `${newId()}@example.com` }),
    );
    expect(body).toMatchObject({ code: "max_per_customer_exceeded" });
  });
});

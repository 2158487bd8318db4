import { describe, it } from "vitest";
import { linkFault, linkTo } from "../../src/rules/order-link.ts";

describe("the template of links to orders", () => {
  it.for([
    "https://shop.example/orders/{order_id}#token={order_token}",
    "https://shop.example/#/orders/{order_id}?token={order_token}",
    "https://bücher.example/o?id={order_id}#{order_token}",
    "http://localhost:5173/orders/{order_id}#{order_token}",
    "http://127.0.0.1:5173/orders/{order_id}#{order_token}",
  ])("takes %s", (template, { expect }) => {
    expect(linkFault(template)).toBeUndefined();
  });

  it.for([
    ["https://shop.example/orders/{order_id}?token={order_token}", "behind a #"],
    ["https://shop.example/{order_token}/{order_id}#{order_token}", "and only there"],
    ["https://shop.example/orders/{order_id}", "must have {order_token}"],
    ["https://shop.example/orders#{order_token}", "must have {order_id}"],
    ["https://shop.example/orders/{order_id}#{order_token}{id}", "no braces"],
    ["https://shop.example/orders/{orderId}/{order_id}#{order_token}", "no braces"],
    ["http://shop.example/orders/{order_id}#{order_token}", "https://"],
    ["http://localhost.shop.example/orders/{order_id}#{order_token}", "https://"],
    ["https://asha:secret@shop.example/orders/{order_id}#{order_token}", "https://"],
    ["javascript:alert('{order_id}')#{order_token}", "https://"],
    ["/orders/{order_id}#{order_token}", "https://"],
    ["https://shop.example/an order/{order_id}#{order_token}", "https://"],
  ] as const)("refuses %s", ([template, fault], { expect }) => {
    expect(linkFault(template)).toContain(fault);
  });

  it("gets the order and its token, wherever it names them", ({ expect }) => {
    const order = { orderId: "ORD.1", token: "hfl_1_A" };

    expect(linkTo("https://a.example/{order_id}#{order_id}/{order_token}", order)).toBe("https://a.example/ORD.1#ORD.1/hfl_1_A");
  });
});

import { describe, it } from "vitest";
import { post } from "../../support/http/requests.ts";
import { ORDERS, type ProblemBody, read } from "../../support/orders/http.ts";
import { newId } from "../../support/shop/shop.ts";

const ADMIN = { admin: true } as const;

const back = (productId: string, quantity: number, condition = "sellable") => ({ product_id: productId, quantity, condition });

describe("a return", () => {
  it.for([
    ["no items", { items: [], reason: "x" }, "items"],
    ["no reason", { items: [back("p", 1)] }, "reason"],
    ["no condition", { items: [{ product_id: "p", quantity: 1 }], reason: "x" }, "items[0].condition"],
    ["a quantity of 0", { items: [back("p", 0)], reason: "x" }, "items[0].quantity"],
    ["half a unit", { items: [back("p", 0.5)], reason: "x" }, "items[0].quantity"],
    ["an unknown condition", { items: [back("p", 1, "eaten")], reason: "x" }, "items[0].condition"],
    ["101 lines", { items: Array.from({ length: 101 }, () => back("p", 1)), reason: "x" }, "items"],
  ] as const)("refuses %s: 422", async ([, body, field], { expect }) => {
    const { status, body: said } = await read<ProblemBody>(await post(`${ORDERS}/${newId("ORD")}/returns`, body, ADMIN));

    expect([status, said.errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it("of a missing order is 404, for guests as for staff", async ({ expect }) => {
    const guest = await post(`${ORDERS}/${newId("ORD")}/returns`, { items: [back("p", 1)], reason: "x" });
    const missing = await post(`${ORDERS}/${newId("ORD")}/returns`, { items: [back("p", 1)], reason: "x" }, ADMIN);

    expect([guest.status, missing.status]).toEqual([404, 404]);
  });
});

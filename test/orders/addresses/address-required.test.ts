import { afterAll, beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { added } from "../../support/accounts/address-book.ts";
import { cartOf, readCart } from "../../support/carts/carts.ts";
import { post } from "../../support/http/requests.ts";
import { requireAddresses } from "../../support/orders/addresses.ts";
import { reopen } from "../../support/orders/ended.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import {
  bodyOf,
  cancel,
  footprint,
  inStock,
  placed,
  type ProblemBody,
  read,
  send,
  show,
  unitsOf,
} from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

const BY = { delivery_method: "in_door" };
const PARTS = { line1: "12 Lake Road", city: "Bengaluru" };
const REFUSED = {
  status: 422,
  code: "address_required",
  errors: [{ field: "delivery_address", message: "is required by the delivery method in_door" }],
};

/** An order from before the method required an address, and cancelled since. */
const former: { orderId: string; rice: string; withAddress: string } = { orderId: "", rice: "", withAddress: "" };
let stop: () => Promise<void>;

beforeAll(async () => {
  await openShop();
  former.rice = await inStock(2);
  former.orderId = (await placed(bodyOf([former.rice], BY))).order_id;
  former.withAddress = (await placed(bodyOf([former.rice], { ...BY, delivery_address: PARTS }))).order_id;
  await cancel(former.orderId, ADMIN);
  await cancel(former.withAddress, ADMIN);
  stop = await requireAddresses("in_door");
});
afterAll(() => stop());

describe("a delivery method that requires an address", () => {
  it.for([
    ["no address", {}],
    ["blanks", { delivery_address: " \t " }],
    ["a postal code alone", { postal_code: "560034", country: "IN" }],
  ] as const)("takes no order with %s, and nothing is reserved", async ([, more], { expect }) => {
    const rice = await inStock(5);
    const before = await footprint(rice);

    const { body } = await send(bodyOf([rice], { ...BY, ...more }));

    expect(body).toMatchObject(REFUSED);
    expect(await footprint(rice)).toEqual(before);
  });

  it("takes an address as one text, in its parts, or of the book", async ({ expect }) => {
    const { token } = await userOf();
    const { address_id } = await added(token);
    const rice = await inStock(5);

    const orders = [
      await placed(bodyOf([rice], { ...BY, delivery_address: "12 Lake Road" })),
      await placed(bodyOf([rice], { ...BY, delivery_address: PARTS })),
      await placed(bodyOf([rice], { ...BY, address_id }), { token }),
    ];

    expect(orders.map(({ delivery_address }) => delivery_address)).toEqual([
      "12 Lake Road",
      "12 Lake Road, Bengaluru",
      "12 Lake Road, Bengaluru",
    ]);
  });

  it("leaves orders by other methods as short as they were", async ({ expect }) => {
    expect(await placed(bodyOf([await inStock(1)]))).toMatchObject({ delivery_method: "curbside", delivery_address: null });
  });

  it("checks no cart out without one, which keeps its units for the next attempt", async ({ expect }) => {
    const cartId = await cartOf({ [await inStock(5)]: 2 });
    const checkout = async (more: object) =>
      read<ProblemBody>(await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha", ...BY, ...more }));

    const refused = await checkout({});
    const [item] = (await readCart(cartId)).items;
    const done = await checkout({ delivery_address: PARTS });

    expect(refused.body).toMatchObject(REFUSED);
    expect(item).toMatchObject({ quantity: 2, is_reserved: true });
    expect([done.status, done.body.delivery_address]).toEqual([201, "12 Lake Road, Bengaluru"]);
  });

  it("reopens no order without one, and takes no units for it", async ({ expect }) => {
    const { orderId, withAddress, rice } = former;

    const refused = await reopen(orderId);

    expect(refused.body).toMatchObject(REFUSED);
    expect((await show(orderId, ADMIN)).body.status).toBe("CANCELLED");
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0] });
    expect((await reopen(withAddress)).body).toMatchObject({ status: "PENDING", delivery_address: "12 Lake Road, Bengaluru" });
  });
});

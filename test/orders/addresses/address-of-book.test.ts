import { beforeAll, describe, it } from "vitest";
import { keyOf, userOf } from "../../support/accounts/accounts.ts";
import { added, change, remove } from "../../support/accounts/address-book.ts";
import { cartOf } from "../../support/carts/carts.ts";
import { costOf } from "../../support/cost/cost.ts";
import { type AskOptions, del, post } from "../../support/http/requests.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import {
  bodyOf,
  footprint,
  inStock,
  newKey,
  type OrderBody,
  ORDERS,
  placed,
  type ProblemBody,
  read,
  send,
  show,
} from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const PARTS = { line1: "12 Lake Road", line2: "Flat 3", city: "Mumbai", region: "IN-MH", postal_code: "400050", country: "IN" };
const TEXT = "12 Lake Road, Flat 3, Mumbai, IN-MH";

async function withAddress(more: Record<string, unknown> = {}) {
  const user = await userOf();
  const { address_id: addressId } = await added(user.token, { ...PARTS, label: "Home", name: "Ravi", ...more });
  return { ...user, addressId };
}

const stockEverywhere = () => inStock({ BLR: 5, MUM: 5 });

async function checkOut(cartId: string, more: object, options: AskOptions) {
  const body = { cart_id: cartId, customer_name: "Asha", ...more };
  return read<OrderBody & ProblemBody>(await post("/api/v1/checkout", body, options));
}

describe("an order to an address of the book", () => {
  it("has its parts, its postal code and its country, and keeps them when the book changes", async ({ expect }) => {
    const { token, addressId } = await withAddress();

    const order = await placed(bodyOf([await stockEverywhere()], { address_id: addressId }), { token });
    await change(addressId, { line1: "1 Hill Road", postal_code: "560034" }, { token });
    await remove(addressId, { token });

    const said = { delivery_address: TEXT, address: PARTS, postal_code: "400050", customer_name: "Asha", customer_phone: null };
    expect(order).toMatchObject({ ...said, items: [{ allocations: [{ warehouse_id: "MUM" }] }] });
    expect((await show(order.order_id, ADMIN)).body).toMatchObject(said);
  });

  it("is checked out likewise, in place of the cart's destination", async ({ expect }) => {
    const { token, addressId } = await withAddress();
    const cartId = await cartOf({ [await stockEverywhere()]: 1 }, { token });

    const { status, body } = await checkOut(cartId, { address_id: addressId }, { token });

    expect([status, body]).toMatchObject([201, { delivery_address: TEXT, address: PARTS, postal_code: "400050" }]);
  });

  it("costs one hop more than one whose request has the address, which costs what one without an address does", async ({
    expect,
  }) => {
    const { token, addressId } = await withAddress();
    const body = bodyOf([await stockEverywhere()], {});
    await post(ORDERS, body, { token });

    const answers = [
      await post(ORDERS, { ...body, postal_code: PARTS.postal_code }, { token }),
      await post(ORDERS, { ...body, delivery_address: PARTS }, { token }),
      await post(ORDERS, { ...body, address_id: addressId }, { token }),
    ];

    const [plain, inParts, ofBook] = answers.map(costOf);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect([plain?.hops, inParts]).toEqual([3, plain]);
    expect(ofBook?.hops).toBe(4);
  });

  it("is a customer's where staff order for one, and their own where they order for nobody", async ({ expect }) => {
    const customer = await withAddress();
    const staff = await userOf("staff");
    const own = await added(staff.token, { line1: "9 Staff Street", city: "Delhi" });
    const by = async (more: object) => send<OrderBody & ProblemBody>(bodyOf([await stockEverywhere()], { ...more }), staff);

    const answers = [
      await by({ user_id: customer.userId, address_id: customer.addressId }),
      await by({ address_id: own.address_id }),
      await by({ user_id: customer.userId, address_id: own.address_id }),
      await by({ address_id: customer.addressId }),
    ];

    expect(answers.map(({ status, body }) => [status, body.delivery_address ?? body.errors?.[0]?.field])).toEqual([
      [201, TEXT],
      [201, "9 Staff Street, Delhi"],
      [422, "address_id"],
      [422, "address_id"],
    ]);
  });

  it.for([
    ["another customer's", 422, "address_id"],
    ["a deleted one", 422, "address_id"],
    ["a guest's, who has no book", 403, "address_id"],
    ["a machine's, which has none either", 403, "address_id"],
    ["beside an address", 422, "address_id"],
    ["of a code that the request says otherwise", 422, "postal_code"],
    ["of another country than the request says", 422, "country"],
  ] as const)("is refused: %s", async ([which, status, field], { expect }) => {
    const { token, addressId } = await withAddress();
    const rice = await stockEverywhere();
    const cases: Record<string, () => Promise<[object, AskOptions]>> = {
      "another customer's": async () => [{ address_id: addressId }, { token: (await userOf()).token }],
      "a deleted one": async () => {
        await remove(addressId, { token });
        return [{ address_id: addressId }, { token }];
      },
      "a guest's, who has no book": async () => [{ address_id: addressId }, {}],
      "a machine's, which has none either": async () => [{ address_id: addressId }, { token: (await keyOf([])).key }],
      "beside an address": async () => [{ address_id: addressId, delivery_address: "1 Hill Road" }, { token }],
      "of a code that the request says otherwise": async () => [{ address_id: addressId, postal_code: "560034" }, { token }],
      "of another country than the request says": async () => [{ address_id: addressId, country: "NP" }, { token }],
    };
    const [more, options] = (await cases[which]?.()) ?? [{}, {}];
    const before = await footprint(rice);

    const answer = await send(bodyOf([rice], { ...more }), options);

    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
    expect(await footprint(rice)).toEqual(before);
  });

  it("is answered again to a repeat with its key, although the book has lost the address or changed it", async ({ expect }) => {
    const { token, addressId } = await withAddress();
    const [rice, key, checkoutKey] = [await stockEverywhere(), newKey(), newKey()];
    const cartId = await cartOf({ [rice]: 1 }, { token });
    const order = () => send<OrderBody>(bodyOf([rice], { address_id: addressId }), { token, key });
    const checkout = () => checkOut(cartId, { address_id: addressId }, { token, key: checkoutKey });

    const first = [await order(), await checkout()];
    await change(addressId, { line1: "1 Hill Road" }, { token });
    const changed = [await order(), await checkout()];
    await remove(addressId, { token });
    const lost = [await order(), await checkout()];

    for (const answers of [first, changed, lost])
      expect(answers.map(({ status, body }) => [status, body.order_id, body.address])).toEqual(
        first.map(({ body }) => [201, body.order_id, PARTS]),
      );
  });

  it("keeps what it was told when the account is deleted, as the contact of its customer", async ({ expect }) => {
    const { token, userId, addressId } = await withAddress();
    const order = await placed(bodyOf([await stockEverywhere()], { address_id: addressId }), { token });

    await del(`/api/v1/users/${userId}`, ADMIN);

    expect((await show(order.order_id, ADMIN)).body.address).toEqual(PARTS);
  });
});

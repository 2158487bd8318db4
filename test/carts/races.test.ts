import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { bodyOf, readCart, cartOf, editBy, itemRows, newCart, putItem, removeItem, unitsIn } from "../support/carts/carts.ts";
import { atD1, faultyWorker } from "../support/faults.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { bundle, demoWarehouses } from "../support/shop/shop.ts";
import { sqlIn, sqlInD1, stateOf } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const UNITS = 20;
const SETS = { ranking: ["BLR"], policy: "nearest_available", untilMs: Date.now() + 900_000, maxSharePercent: 50 } as const;

/** The units that the object holds for a cart. */
async function heldBy(productId: string, cartId: string): Promise<number> {
  const [held] = await sqlIn<{ units: number | null }>(
    productId,
    "SELECT sum(quantity) AS units FROM holds WHERE hold_id = ?",
    cartId,
  );
  return held?.units ?? 0;
}

describe("concurrent edits of one cart", () => {
  it("of one line: the one with the highest number applies, in the object and in D1", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await newCart();

    const answers = await Promise.all([1, 2, 3].map((quantity) => putItem(cartId, productId, quantity)));
    const [item] = await itemRows(cartId);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(item?.editNo).toBe(3);
    expect(await heldBy(productId, cartId)).toBe(item?.quantity);
    expect(await readCart(cartId)).toMatchObject({ items: [{ is_reserved: true, quantity: item?.quantity }] });
  });

  it("of two lines that share a component: the object holds the sum of both", async ({ expect }) => {
    const rice = await stocked(UNITS);
    const [one, two] = [await bundle([{ productId: rice }]), await bundle([{ productId: rice, quantity: 2 }])];
    const cartId = await newCart();

    for (let round = 1; round <= 10; round += 1) {
      const [first, second] = [(round % 3) + 1, ((round + 1) % 3) + 1];
      const answers = await Promise.all([putItem(cartId, one.productId, first), putItem(cartId, two.productId, second)]);

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await heldBy(rice, cartId)).toBe(first + 2 * second);
    }
    expect((await stateOf(rice)).differences).toEqual([]);
  });

  it("that add and remove a line: the object holds what D1 has", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await cartOf({ [productId]: 2 });

    for (let round = 1; round <= 5; round += 1) {
      await Promise.all([putItem(cartId, productId, 3), removeItem(cartId, productId)]);

      const units = (await itemRows(cartId))[0]?.quantity ?? 0;
      expect(await heldBy(productId, cartId)).toBe(units);
    }
  });
});

describe("a line that a checkout found unreserved", () => {
  it("is not marked as reserved by a concurrent edit of another line", async ({ expect }) => {
    const [rice, dal] = [await stocked(UNITS), await stocked(UNITS)];
    const cartId = await cartOf({ [rice]: 1 });
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (!atD1("confirm edit")(call)) return;
        await sqlInD1(
          "UPDATE cart_items SET reserved_until_ms = NULL, reserved_since_ms = NULL WHERE cart_id = ?1 AND variant_id = ?2",
          cartId,
          rice,
        );
      },
    );

    await editBy(worker.deps, { cartId, productId: dal, quantity: 1, kind: "put" });

    expect(unitsIn(await readCart(cartId))).toEqual({ [rice]: [1, false], [dal]: [1, true] });
  });
});

describe("concurrent carts for the last units", () => {
  it("reserve no more units than are available, and no line is shown as reserved without its units", async ({ expect }) => {
    const productId = await stocked(5);
    const carts = await Promise.all(Array.from({ length: 12 }, () => newCart()));

    const answers = await Promise.all(carts.map((cartId) => putItem(cartId, productId, 1)));

    const got = answers.filter(({ status }) => status === 200);
    expect([got.length, await availableAt(productId)]).toEqual([5, 0]);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    for (const [index, cartId] of carts.entries()) {
      expect(unitsIn(await readCart(cartId))).toEqual(answers[index]?.status === 200 ? { [productId]: [1, true] } : {});
    }
  });
});

describe("an edit that reaches an object late", () => {
  it("changes nothing, because a newer edit has been applied", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await cartOf({ [productId]: 2 });
    await bodyOf(putItem(cartId, productId, 3));

    const stock = env.STOCK.getByName(productId);
    const late = await stock.setCart({
      cartId,
      editNo: 1,
      lines: [{ variantId: productId, quantity: 9, least: 9 }],
      ...SETS,
      ranking: ["BLR"],
    });
    const repeated = await stock.setCart({
      cartId,
      editNo: 2,
      lines: [{ variantId: productId, quantity: 1, least: 1 }],
      ...SETS,
      ranking: ["BLR"],
    });

    expect([late, repeated]).toMatchObject([
      { outcome: "set", held: [{ quantity: 3 }] },
      { outcome: "set", held: [{ quantity: 3 }] },
    ]);
    expect(await heldBy(productId, cartId)).toBe(3);
  });
});

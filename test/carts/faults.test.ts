import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { cartOf, editBy, itemRows } from "../support/carts/carts.ts";
import { copiesOf } from "../support/carts/copies.ts";
import { cutAct, everyCut } from "../support/cuts.ts";
import { FAULTS, faultyWorker } from "../support/faults.ts";
import { unbackedItems, expectInvariants, recover } from "../support/invariants.ts";
import { availableAt } from "../support/orders/orders.ts";
import { stockedAhead } from "../support/shop/ahead.ts";
import { bundle, demoWarehouses, newId } from "../support/shop/shop.ts";
import { sqlIn, sqlInD1, stateOf } from "../support/stock/stock.ts";

// Edits write D1, then the objects, then D1 again (K0, K6). Each test injects every fault at every outside call of an edit.
const UNITS = 20;
const stocked = stockedAhead();

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Carts of one bundle of two products, each with another line of the first product. */
interface Shop {
  cartIds: string[];
  received: Map<string, number>;
  productIds: string[];
  bundleId: string;
}

type Filled = Omit<Shop, "cartIds"> & { cartId: string };

interface Operation {
  /** What the cart has of the bundle before. */
  before: number;
  act: (deps: Deps, cart: Filled, key: string) => Promise<unknown>;
  /** And after. */
  wanted: number;
  /** Units that no cart has of the product that the bundle alone needs; plenty unless they are given. */
  free?: number;
}

const put = (quantity: number): Operation["act"] => {
  return (deps, { cartId, bundleId }, key) => editBy(deps, { cartId, productId: bundleId, quantity, kind: "put" }, key);
};

const OPERATIONS: Record<string, Operation> = {
  "adding a line": { before: 0, act: put(2), wanted: 2 },
  "raising a line": { before: 1, act: put(3), wanted: 3 },
  "lowering a line": { before: 3, act: put(1), wanted: 1 },
  "removing a line": {
    before: 2,
    act: (deps, { cartId, bundleId }, key) => editBy(deps, { cartId, productId: bundleId, kind: "remove" }, key),
    wanted: 0,
  },
  "raising a line to more than one of its two products has": { before: 1, act: put(5), wanted: 1, free: 3 },
};

/** So many equal carts. All are filled at one time, so that the first one's reservations are still valid when the last is edited. */
async function filled({ before, free }: Operation, carts: number): Promise<Shop> {
  const second = free === undefined ? carts * UNITS : carts * before + free;
  const received = new Map([[await stocked(carts * UNITS), carts * UNITS]]).set(await stocked(second), second);
  const productIds = [...received.keys()];
  const { productId: bundleId } = await bundle(productIds.map((productId) => ({ productId })));
  const [first = ""] = productIds;
  const cartId = await cartOf({ [first]: 1, ...(before > 0 && { [bundleId]: before }) });
  const cartIds = [cartId, ...(await copiesOf(cartId, carts - 1))];
  // Time passes, so that the edit extends the other line.
  vi.setSystemTime(Date.now() + 60_000);
  return { cartIds, received, productIds, bundleId };
}

/** The cart of the how-many-th case, from 1. */
function cartAt({ cartIds, ...shop }: Shop, nth: number): Filled {
  return { ...shop, cartId: cartIds[nth - 1] ?? "" };
}

/** Units that the objects hold for a cart. */
async function heldFor({ cartId, productIds }: Filled): Promise<(number | null)[]> {
  const query = "SELECT sum(quantity) AS units FROM holds WHERE hold_id = ?";
  return Promise.all(productIds.map(async (id) => (await sqlIn<{ units: number | null }>(id, query, cartId))[0]?.units ?? 0));
}

/** The lines of all carts in D1. */
async function itemsOf({ cartIds }: Shop): Promise<object[]> {
  return sqlInD1("SELECT * FROM cart_items WHERE cart_id IN (SELECT value FROM json_each(?))", JSON.stringify(cartIds));
}

/** More outside calls than any edit makes: read, write, two objects, confirm; and as many again to undo it. */
const TOO_MANY = 20;

describe.for(Object.keys(OPERATIONS))("%s", (name) => {
  const operation = OPERATIONS[name];
  if (!operation) throw new Error(name);

  it.for(FAULTS)(
    "cut at every step (%s): reserved lines have their units, a retry with the key completes it, and expiry releases every unit",
    async (fault, { expect }) => {
      const shop = await filled(operation, TOO_MANY);
      const { productIds, received } = shop;
      const { steps } = await everyCut(TOO_MANY, async (at) => {
        const cart = cartAt(shop, at);
        const key = newId("key");

        const isCut = await cutAct(({ deps }) => operation.act(deps, cart, key), at, fault);
        expect(await unbackedItems(...productIds), `${fault} at ${at}`).toEqual([]);
        await operation.act(faultyWorker().deps, cart, key);

        const item = (await itemRows(cart.cartId)).find(({ variantId }) => variantId === cart.bundleId);
        expect([item?.quantity ?? 0, item === undefined || item.untilMs !== null], `${fault} at ${at}`).toEqual([
          operation.wanted,
          true,
        ]);
        expect(await unbackedItems(...productIds), `${fault} at ${at}`).toEqual([]);
        if (operation.wanted > 0) expect(await heldFor(cart)).toEqual([operation.wanted + 1, operation.wanted]);
        for (const productId of productIds) expect((await stateOf(productId)).differences).toEqual([]);
        return { isCut };
      });
      await recover(productIds);
      expect(await unbackedItems(...productIds)).toEqual([]);
      await recover(productIds);

      expect(await Promise.all(productIds.map(availableAt))).toEqual([...received.values()]);
      expect(await itemsOf(shop)).toEqual([]);
      await expectInvariants(expect, received);
      expect(steps).toBeGreaterThanOrEqual(5);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );

  it.for(FAULTS)(
    "cut at every step (%s) and not retried: expiry releases every unit, and all invariants hold",
    async (fault, { expect }) => {
      const shop = await filled(operation, TOO_MANY);
      const { productIds, received } = shop;
      const { steps } = await everyCut(TOO_MANY, async (at) => {
        return { isCut: await cutAct(({ deps }) => operation.act(deps, cartAt(shop, at), newId("key")), at, fault) };
      });
      await recover(productIds);
      await recover(productIds);

      expect(await Promise.all(productIds.map(availableAt))).toEqual([...received.values()]);
      await expectInvariants(expect, received);
      expect(steps).toBeGreaterThanOrEqual(5);
    },
  );
});

describe("an object that does not answer", () => {
  it("makes an edit fail with 503 and be undone: no new line, an old line as it was, and the other object releases its units", async ({
    expect,
  }) => {
    const added = cartAt(await filled(OPERATIONS["adding a line"] as Operation, 1), 1);
    const raised = cartAt(await filled(OPERATIONS["raising a line"] as Operation, 1), 1);
    const unreachable = (productId: string | undefined) =>
      faultyWorker((call) => (call.to === "stock" && call.productId === productId && call.nth <= 2 ? "lost" : "none"));

    const answers = [
      await put(2)(unreachable(added.productIds[1]).deps, added, newId("key")),
      await put(3)(unreachable(raised.productIds[1]).deps, raised, newId("key")),
    ];

    expect(answers).toEqual([{ code: "unresolved" }, { code: "unresolved" }]);
    expect([await heldFor(added), await heldFor(raised)]).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect((await itemRows(added.cartId)).map(({ variantId }) => variantId)).toEqual([added.productIds[0]]);
    expect((await itemRows(raised.cartId)).map(({ quantity }) => quantity)).toEqual([1, 1]);
  });

  it("and receives the edit after it was undone ignores it, because its number is old", async ({ expect }) => {
    const cart = cartAt(await filled(OPERATIONS["adding a line"] as Operation, 1), 1);
    const worker = faultyWorker((call) => (call.to === "stock" && call.method === "setCart" && call.nth === 1 ? "late" : "none"));

    const answer = await put(2)(worker.deps, cart, newId("key"));
    await worker.deliverLate();

    expect(answer).toEqual({ code: "unresolved" });
    expect(await heldFor(cart)).toEqual([1, 0]);
  });
});

import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { claimCart } from "../../src/carts/claim-cart.ts";
import type { Caller, Deps } from "../../src/deps.ts";
import { userOf } from "../support/accounts/accounts.ts";
import { callerOf } from "../support/accounts/callers.ts";
import { cartOf, itemRows } from "../support/carts/carts.ts";
import { cutAct, everyCut } from "../support/cuts.ts";
import { FAULTS, type Fault, faultyWorker } from "../support/faults.ts";
import { unbackedItems, expectInvariants, recover } from "../support/invariants.ts";
import { availableAt } from "../support/orders/orders.ts";
import { stockedAhead } from "../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

const UNITS = 200;
const stocked = stockedAhead();
/** More outside calls than a claim makes: read, write, release at two objects, reserve at both, extend, confirm. */
const TOO_MANY = 15;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Carts {
  caller: Caller;
  own: string;
  guests: string;
}

async function twoCarts([rice = "", dal = ""]: readonly string[]): Promise<Carts> {
  const { userId, token } = await userOf();
  const own = await cartOf({ [rice]: 1 }, { token });
  const guests = await cartOf({ [rice]: 2, [dal]: 3 });
  return { caller: callerOf("customer", userId), own, guests };
}

function claim(deps: Deps, { caller, guests }: Carts, key?: string): Promise<unknown> {
  const keyed = key === undefined ? undefined : { id: key, requestHash: "hash" };
  return claimCart(deps, keyed, caller, { cartId: guests, edge: undefined });
}

describe("a claim that merges two carts", () => {
  it.for(FAULTS.flatMap((fault) => [true, false].map((isKeyed): [Fault, boolean] => [fault, isKeyed])))(
    "cut at every step (%s, with a key: %s): a retry reserves every unit once, and expiry releases them all",
    async ([fault, isKeyed], { expect }) => {
      // All cuts share two products: a product of its own for each would take most of their time.
      const productIds = [await stocked(UNITS), await stocked(UNITS)];
      const { steps } = await everyCut(TOO_MANY, async (at) => {
        const carts = await twoCarts(productIds);
        const { own, guests } = carts;
        const unbacked = () => unbackedItems(...productIds);
        const key = isKeyed ? newId("key") : undefined;

        const isCut = await cutAct(({ deps }) => claim(deps, carts, key), at, fault);
        expect(await unbacked(), `${fault} at ${at}`).toEqual([]);
        await claim(faultyWorker().deps, carts, key);

        const rows = await itemRows(own);
        expect(
          rows.map(({ quantity, untilMs }) => [quantity, untilMs !== null]),
          `${fault} at ${at}`,
        ).toEqual([
          [3, true],
          [3, true],
        ]);
        expect([await unbacked(), await itemRows(guests)]).toEqual([[], []]);
        return { isCut };
      });
      await recover(productIds);
      await recover(productIds);

      expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS, UNITS]);
      await expectInvariants(expect, new Map(productIds.map((productId) => [productId, UNITS])));
      expect(steps).toBeGreaterThanOrEqual(6);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );
});

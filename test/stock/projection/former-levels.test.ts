import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { prepare } from "../../../src/db/client.ts";
import { type ProjectedLevel, upsertLevels } from "../../../src/stock/projection/flush-statements.ts";
import {
  held,
  LAZY_FLUSH_MS,
  newStock,
  stockWith,
  advanceTime,
  projectionOf,
  runAlarm,
  sqlInD1,
  stopTime,
  reserveRequest,
} from "../../support/stock/stock.ts";

// While a release is rolled out, Workers and objects of the one before still write levels. Those before 0.4.0 know nothing of allocated
// units.

beforeEach(stopTime);

const WITHOUT = { onHand: 8, reserved: 1, version: 2 };

/** Writes levels as the batch of an order does. */
function write(productId: string, levels: Record<string, Partial<ProjectedLevel>>): Promise<unknown> {
  const all = Object.entries(levels).map(([warehouseId, level]) => ({ productId, variantId: "v", warehouseId, ...level }));
  return env.DB.batch([prepare(env.DB, upsertLevels(all as ProjectedLevel[], Date.now()))]);
}

describe("a level that an object of a release before 0.4.0 answered", () => {
  it("leaves the allocated units that D1 has", async ({ expect }) => {
    const { productId } = newStock();
    await write(productId, { BLR: { onHand: 9, reserved: 0, allocated: 3, version: 1 } });

    await write(productId, { BLR: WITHOUT });

    expect(await projectionOf(productId)).toEqual([{ variantId: "v", warehouseId: "BLR", allocated: 3, ...WITHOUT }]);
  });

  it("has none allocated where D1 does not know the place", async ({ expect }) => {
    const { productId } = newStock();

    await write(productId, { BLR: WITHOUT });

    expect(await projectionOf(productId)).toEqual([{ variantId: "v", warehouseId: "BLR", allocated: 0, ...WITHOUT }]);
  });

  it("changes nothing of the levels that are written with it", async ({ expect }) => {
    const { productId } = newStock();
    await write(productId, {
      BLR: { onHand: 9, reserved: 0, allocated: 3, version: 1 },
      MUM: { onHand: 9, reserved: 0, allocated: 3, version: 1 },
    });

    await write(productId, { BLR: WITHOUT, MUM: { ...WITHOUT, allocated: 5 }, DEL: { ...WITHOUT, allocated: 4 } });

    expect((await projectionOf(productId)).map(({ warehouseId, allocated }) => [warehouseId, allocated])).toEqual([
      ["BLR", 3],
      ["DEL", 4],
      ["MUM", 5],
    ]);
  });

  it("is not written where D1 has a newer one", async ({ expect }) => {
    const { productId } = newStock();
    const newer = { onHand: 5, reserved: 0, allocated: 3, version: 3 };
    await write(productId, { BLR: newer });

    await write(productId, { BLR: WITHOUT });

    expect(await projectionOf(productId)).toMatchObject([newer]);
  });
});

it("a level that a Worker of a release before 0.4.0 wrote is completed by the object's flush of the same version", async ({
  expect,
}) => {
  const { productId, stock } = await stockWith(9);
  await runAlarm(productId);
  await stock.commit(await held(stock, reserveRequest(2)));
  const answer = await stock.reserve(reserveRequest(1));
  const level = answer.outcome === "reserved" ? answer.levels[0] : undefined;
  const former = "UPDATE stock_levels SET on_hand = ?, reserved = ?, version = ? WHERE product_id = ?";
  await sqlInD1(former, level?.onHand ?? 0, level?.reserved ?? 0, level?.version ?? 0, productId);
  advanceTime(LAZY_FLUSH_MS);

  await runAlarm(productId);

  expect(await projectionOf(productId)).toMatchObject([{ onHand: 9, reserved: 1, allocated: 2 }]);
  expect(await projectionOf(productId)).toEqual(await stock.levels());
});

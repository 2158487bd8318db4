import { bindDeps } from "../../src/bind.ts";
import { StockCounter } from "../../src/index.ts";
import { chanceOf } from "./engine/random.ts";
import { checkRecorded } from "./checks/recorded-orders.ts";
import type { Sim } from "./clients/client.ts";
import { type D1, d1For, emptyD1 } from "./platform/d1.ts";
import { hostOf, type Maker } from "./platform/object-instances.ts";
import { namespaceFor, perform } from "./platform/objects.ts";
import { enter } from "./engine/globals.ts";
import { openShop, PRODUCT_IDS, SETTINGS, STOCKED, WAREHOUSES } from "./shop.ts";
import { mark, openSql, rewind, type Sql } from "./platform/sql.ts";
import { nothingTold } from "./clients/acknowledged.ts";
import { fleetOf } from "./platform/workers.ts";
import { CALM } from "./engine/faults.ts";
import { actorOf, type Actor, settled, step, type World, worldOf } from "./engine/scheduler.ts";

/** What schedules of one process share: databases that go back to where they were after each. */
export interface Stage {
  d1: Sql;
  objects: ReadonlyMap<string, Sql>;
}

const MAX_UNITS = 5;
const PURGES = /DELETE FROM "fences"/;

/** Opens the shop, once. */
export async function openStage(): Promise<Stage> {
  const stage = { d1: emptyD1(), objects: new Map(PRODUCT_IDS.map((productId) => [productId, openSql()])) };
  const sim = castOf(stage, worldOf({ chance: chanceOf(0), weather: CALM, met: () => {}, trace: undefined }));
  const { world } = sim;
  const { deps } = bindDeps(sim.fleet.envFor(actorOf("opening")), { waitUntil: () => {} });
  const opened = openShop(deps);
  await settled();
  while (world.dues.length > 0) await step(world);
  await opened;
  for (const host of sim.maker.hosts.values()) await perform(sim.maker, host, "levels", []);
  for (const sql of [stage.d1, ...stage.objects.values()]) mark(sql);
  return stage;
}

/** A schedule on the stage as it was when the shop opened. */
export function simOf(stage: Stage, world: World): Sim {
  for (const sql of [stage.d1, ...stage.objects.values()]) rewind(sql);
  return castOf(stage, world);
}

function castOf({ d1: sql, objects }: Stage, world: World): Sim {
  enter(world);
  const hosts = new Map([...objects].map(([productId, own]) => [productId, hostOf(productId, own)]));
  const settings = {
    ...SETTINGS,
    ALLOCATION_POLICY: world.chance.weighed({ nearest_available: 6, nearest: 1, single: 1 }),
    CART_MAX_SHARE_PERCENT: world.chance.pick(["50", "100", "100"]),
  };
  const afterBatch: D1["afterBatch"] = (at, statements, changes) => {
    checkRecorded(at, sql, { hosts }, statements);
    if (statements.some(({ text }, index) => PURGES.test(text) && (changes[index] ?? 0) > 0)) at.met("fences purged");
  };
  const envFor = (actor: Actor): Env =>
    ({ ...settings, DB: d1For(world, actor, { sql, afterBatch }), STOCK: namespaceFor(maker, actor) }) as unknown as Env;
  const maker: Maker = { world, hosts, make: (state, actor) => make(world, state, envFor(actor)) };
  return { world, fleet: fleetOf(world, envFor), maker, d1: sql, told: nothingTold(), keys: 0 };
}

function make(world: World, state: DurableObjectState, env: Env): StockCounter {
  const object = new StockCounter(state, env);
  const fateOf = object.resolveHolds.bind(object);
  object.resolveHolds = async (holdIds) => {
    const fates = await fateOf(holdIds);
    for (const { verdict } of fates) world.met(`fate: ${verdict}`);
    return fates;
  };
  return object;
}

/** Books in what the shop begins with, in calm. */
export async function stockUp({ world, maker }: Sim): Promise<void> {
  for (const { productId, variantId } of STOCKED) {
    for (const { warehouseId } of WAREHOUSES) {
      const quantity = world.chance.is(0.25) ? 0 : world.chance.between(1, MAX_UNITS);
      const host = maker.hosts.get(productId);
      if (!host || quantity === 0) continue;
      const reference = {
        referenceId: `first ${variantId} ${warehouseId}`,
        requestHash: "",
        externalReference: null,
        reason: null,
      };
      await perform(maker, host, "adjust", [
        { kind: "receive", variantId, warehouseId, quantity, ...reference, actor: "simulation" },
      ]);
    }
  }
}

import { bindDeps } from "../../src/bind.ts";
import { StockCounter } from "../../src/index.ts";
import { checkRecorded } from "./checks/recorded-orders.ts";
import { nothingAcknowledged } from "./clients/acknowledged.ts";
import type { Simulation } from "./clients/client.ts";
import { NO_FAULTS } from "./engine/faults.ts";
import { useScheduler } from "./engine/globals.ts";
import { type Actor, drainPromises, newActor, newScheduler, randomOfSeed, type Scheduler, step } from "./engine/scheduler.ts";
import { type D1, d1For, emptyD1 } from "./platform/d1.ts";
import { newHost, type ObjectRuntime } from "./platform/object-instances.ts";
import { callObject, namespaceFor } from "./platform/objects.ts";
import { openSql, restoreSnapshot, type Sql, takeSnapshot } from "./platform/sql.ts";
import { newWorkerPool } from "./platform/workers.ts";
import { openShop, PRODUCT_IDS, SETTINGS, STOCKED, WAREHOUSES } from "./shop.ts";

/** The databases that all schedules of one process use. Each schedule starts from the same snapshot of them. */
export interface Databases {
  d1: Sql;
  /** By product. */
  objects: ReadonlyMap<string, Sql>;
}

const MAX_UNITS = 5;
/** Bound and not asked: the simulation calls verbs, and limits are of HTTP. */
const LIMITERS = Object.fromEntries(
  ["ORDER_LIMITER", "SIGN_IN_LIMITER", "ADDRESS_LIMITER", "CART_LIMITER", "SEARCH_LIMITER"].map((name) => [name, {}]),
);
const PURGES = /DELETE FROM "fences"/;

/** Creates the databases and the shop's catalogue in them, and takes the snapshot. */
export async function openDatabases(): Promise<Databases> {
  const databases = { d1: emptyD1(), objects: new Map(PRODUCT_IDS.map((productId) => [productId, openSql()])) };
  const random = randomOfSeed(0);
  const sim = buildSimulation(databases, newScheduler({ random, faultRates: NO_FAULTS, cover: () => {}, trace: undefined }));
  const { scheduler } = sim;
  const { deps } = bindDeps(sim.workers.envFor(newActor("opening")), { waitUntil: () => {} });
  const opened = openShop(deps);
  await drainPromises();
  while (scheduler.tasks.length > 0) await step(scheduler);
  await opened;
  for (const host of sim.runtime.hosts.values()) await callObject(sim.runtime, host, "levels", []);
  for (const sql of [databases.d1, ...databases.objects.values()]) takeSnapshot(sql);
  return databases;
}

/** Starts a schedule's simulation from the snapshot. */
export function startSimulation(databases: Databases, scheduler: Scheduler): Simulation {
  for (const sql of [databases.d1, ...databases.objects.values()]) restoreSnapshot(sql);
  return buildSimulation(databases, scheduler);
}

function buildSimulation({ d1: sql, objects }: Databases, scheduler: Scheduler): Simulation {
  useScheduler(scheduler);
  const hosts = new Map([...objects].map(([productId, own]) => [productId, newHost(productId, own)]));
  const settings = {
    ...SETTINGS,
    ALLOCATION_POLICY: scheduler.random.weighted({ nearest_available: 6, nearest: 1, single: 1 }),
    CASH_NEEDS_CONTACT: "off",
    HOLD_SHARE_PERCENT: "50",
    CART_MAX_SHARE_PERCENT: scheduler.random.pick(["50", "100", "100"]),
  };
  const afterBatch: D1["afterBatch"] = (at, statements, changes) => {
    checkRecorded(at, sql, { hosts }, statements);
    if (statements.some(({ text }, index) => PURGES.test(text) && (changes[index] ?? 0) > 0)) at.cover("fences purged");
  };
  const envFor = (actor: Actor): Env =>
    ({
      ...settings,
      ...LIMITERS,
      DB: d1For(scheduler, actor, { sql, afterBatch }),
      STOCK: namespaceFor(runtime, actor),
    }) as unknown as Env;
  const runtime: ObjectRuntime = { scheduler, hosts, create: (state, actor) => createObject(scheduler, state, envFor(actor)) };
  const workers = newWorkerPool(scheduler, envFor);
  return { scheduler, workers, runtime, d1: sql, acknowledged: nothingAcknowledged(), keys: 0 };
}

/** Constructs an object; what D1 decides about its unresolved holds and its shortages is counted. */
function createObject(scheduler: Scheduler, state: DurableObjectState, env: Env): StockCounter {
  const object = new StockCounter(state, env);
  const resolve = object.resolveHolds.bind(object);
  object.resolveHolds = async (holdIds) => {
    const resolutions = await resolve(holdIds);
    for (const { verdict } of resolutions) scheduler.cover(`verdict: ${verdict}`);
    return resolutions;
  };
  const cut = object.cutOrders.bind(object);
  object.cutOrders = async (question) => {
    const cuts = await cut(question);
    scheduler.cover(cuts.length > 0 ? "orders cut" : "nothing to cut");
    return cuts;
  };
  return object;
}

/** Receives the stock that a schedule begins with, without messages and faults. */
export async function receiveInitialStock({ scheduler, runtime }: Simulation): Promise<void> {
  for (const { productId, variantId } of STOCKED) {
    for (const { warehouseId } of WAREHOUSES) {
      const quantity = scheduler.random.chance(0.25) ? 0 : scheduler.random.between(1, MAX_UNITS);
      const host = runtime.hosts.get(productId);
      if (!host || quantity === 0) continue;
      const reference = {
        referenceId: `first ${variantId} ${warehouseId}`,
        requestHash: "",
        externalReference: null,
        reason: null,
      };
      await callObject(runtime, host, "adjust", [
        { kind: "receive", variantId, warehouseId, quantity, ...reference, actor: "simulation" },
      ]);
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { checkShop } from "../upgrade/check-shop.ts";
import { recover } from "../upgrade/controls.ts";
import { oneOf, runClients } from "../upgrade/load.ts";
import { seeded } from "../support/random.ts";
import { FORMER, type Former, type MixedShop, openMixedShop, type Release } from "../upgrade/two-releases.ts";

const START_MS = 120_000;
/** For what clients have begun, and for the checks. */
const FINISH_MS = 120_000;
const SEED = Number(process.env.UPGRADE_SEED ?? 1);
/** With each former release. */
const LOAD_MS = Number(process.env.UPGRADE_SECONDS ?? 6) * 1_000;
const CLIENTS = 8;
/** A load that places fewer shows nothing. */
const MIN_ORDERS = 20;
const PRODUCTS = ["rice", "oil", "salt"];
const productsOf = (former: Former) => PRODUCTS.map((product) => `${product}-${former}`);
const OPENING_UNITS = 60;
/** One turn of the deployment: a product changes its release. */
const TURN_MS = 40;
/** In so many turns the process is killed once, and a long time passes at once. */
const TURNS_TO_KILL = 20;
const TURNS_TO_PASS = 7;
/** More than a hold of an order that is being placed, and more than a payment's window. */
const PASSES_MS = [150_000, 1_900_000];

let shop: MixedShop;

beforeAll(async () => {
  shop = await openMixedShop(["BLR", "MUM"]);
  for (const productId of FORMER.flatMap(productsOf)) await shop.stock(productId, OPENING_UNITS);
}, START_MS);

afterAll(() => shop?.stop());

/** Has releases take turns at each product, lets processes die and time pass; then today's has them all. */
async function takeTurns(former: Former, done: { turns: number; kills: number }, isOver: () => boolean): Promise<void> {
  const products = productsOf(former);
  const chance = seeded(SEED);
  while (!isOver()) {
    done.turns += 1;
    const productId = oneOf(chance, products);
    if (done.turns % TURNS_TO_KILL === 0) {
      await shop.killAndRestart();
      done.kills += 1;
    } else if (done.turns % TURNS_TO_PASS === 0) {
      await shop.controls().advanceClock(oneOf(chance, PASSES_MS));
      for (const each of products) await shop.controls().runAlarm(each);
      await shop.controls().call("runCron", { release: oneOf<Release>(chance, ["current", former]) });
    } else await shop.pin(productId, oneOf<Release>(chance, ["current", former]));
    await sleep(TURN_MS);
  }
  for (const productId of products) await shop.pin(productId, "current");
}

describe(`releases that take turns during a load of seed ${SEED}`, () => {
  it.for(FORMER)(
    "lose nothing beside %s, and sell every unit once",
    { timeout: LOAD_MS + FINISH_MS },
    async (former, { expect }) => {
      const products = productsOf(former);
      const untilMs = Date.now() + LOAD_MS;
      const done = { turns: 0, kills: 0 };
      const isOver = () => Date.now() >= untilMs && done.kills > 0;
      const [log] = await Promise.all([
        runClients(shop, products, { seed: SEED, former, clients: CLIENTS, isOver }),
        takeTurns(former, done, isOver),
      ]);

      await recover(shop.controls(), products);

      console.info(`Seed ${SEED} beside ${former}: ${JSON.stringify({ ...done, ...log.counts })}`);
      expect(await checkShop(shop.controls(), products)).toEqual([]);
      for (const [orderId, { token, total, isCancelled }] of log.orders) {
        for (const release of ["current", former] as const) {
          const { status, body } = await shop.send({ method: "GET", path: `/api/v1/orders/${orderId}`, token }, release);
          expect([status, body.total], `${orderId} of ${release}`).toEqual([200, total]);
          if (isCancelled) expect(body.status, orderId).toBe("CANCELLED");
        }
      }
      for (const productId of products) {
        const [row] = await shop
          .controls()
          .query(productId, "SELECT sum(delta_on_hand) AS units FROM movements WHERE kind = 'receive'");
        expect(row).toEqual({ units: OPENING_UNITS + (log.received.get(productId) ?? 0) });
      }
      expect(log.unexpected).toEqual([]);
      expect(log.orders.size).toBeGreaterThanOrEqual(MIN_ORDERS);
    },
  );
});

import type { Chance } from "./engine/random.ts";
import { chanceOf } from "./engine/random.ts";
import { checkCartOut, claim, editSome } from "./clients/cart-shoppers.ts";
import { checkCopies, checkStock } from "./checks/stock.ts";
import { checkTold } from "./checks/acknowledged.ts";
import { pause, type Sim } from "./clients/client.ts";
import { crashObject } from "./platform/object-instances.ts";
import { comeToRest, pass } from "./quiescence.ts";
import { place, rush } from "./clients/shoppers.ts";
import { simOf, type Stage, stockUp } from "./setup.ts";
import { handOver, move, pay, refund } from "./clients/staff.ts";
import { adjust, receive, transfer } from "./clients/storekeepers.ts";
import { runCron } from "./platform/cron.ts";
import { CALM, drawJump, drawWeather } from "./engine/faults.ts";
import { crashIsolate } from "./platform/workers.ts";
import { report, step, tell, worldOf } from "./engine/scheduler.ts";

/** What one schedule came to. */
export interface Outcome {
  seed: number;
  steps: number;
  findings: string[];
  trace: string[] | undefined;
}

const DEEDS = {
  place: [8, place],
  rush: [1, rush],
  edit: [3, editSome],
  checkout: [6, checkCartOut],
  claim: [1, claim],
  cancel: [3, (sim: Sim) => move(sim, "CANCELLED")],
  handOver: [4, handOver],
  pay: [4, pay],
  refund: [1, refund],
  adjust: [2, adjust],
  transfer: [2, transfer],
  receive: [2, receive],
} as const satisfies Record<string, readonly [number, (sim: Sim) => Promise<void>]>;

const WEIGHTS = Object.fromEntries(Object.entries(DEEDS).map(([name, [weight]]) => [name, weight])) as Record<
  keyof typeof DEEDS,
  number
>;

const CLIENTS = 5;
const DEEDS_EACH = 3;
/** More than any schedule needs: one that takes as many never ends. */
const MAX_STEPS = 20_000;
const TROUBLED_STEPS = 5_000;
/** Together longer than any payment window or reservation; after each there is time for what is due by then. */
const LONG_ROUNDS = 4;
const LONG_MS = 930_000;
const AFTER_MS = 10_000;
/** Longer than fences count. */
const WEEK_MS = 8 * 86_400_000;

/** Runs one schedule from its seed. The same seed gives the same steps. */
export async function runSchedule(stage: Stage, seed: number, isTraced: boolean, met: (what: string) => void): Promise<Outcome> {
  const chance = chanceOf(seed);
  const world = worldOf({ chance, weather: CALM, met, trace: isTraced ? [] : undefined });
  const sim = simOf(stage, world);
  await stockUp(sim);
  world.weather = drawWeather(chance);
  const isOver = await live(sim, CLIENTS);
  if (isOver && chance.is(0.15)) await night(sim);
  await comeToRest(sim);
  if (world.findings.length === 0) await check(sim);
  if (world.findings.length === 0) await endOfTime(sim);
  return { seed, steps: world.steps, findings: world.findings, trace: world.trace };
}

/** Clients do what they do, while anything may go wrong at any step. @returns whether all came to their end */
async function live(sim: Sim, clients: number): Promise<boolean> {
  const { world } = sim;
  const busy = new Set(Array.from({ length: clients }, (_, no) => no));
  const programs = [...busy].map(async (no) => {
    for (let deed = 0; deed < DEEDS_EACH; deed += 1) {
      await pause(sim, thinkMs(world.chance));
      await DEEDS[world.chance.weighed(WEIGHTS)][1](sim);
    }
    busy.delete(no);
  });
  for (const program of programs)
    program.catch((error: unknown) => report(world, `a client failed: ${String((error as Error).stack)}`));
  runCron(sim);
  const troubled = world.steps + TROUBLED_STEPS;
  while (busy.size > 0 && world.findings.length === 0) {
    if (world.steps > troubled) world.weather = CALM;
    if (world.steps > MAX_STEPS) report(world, `clients were not done after ${MAX_STEPS} steps`);
    trouble(sim);
    await step(world);
  }
  return busy.size === 0;
}

function thinkMs(chance: Chance): number {
  return chance.pick([0, 20, 500, 5_000, 60_000]) + chance.below(50);
}

/** What may go wrong before a step beside what happens to messages. */
function trouble({ world, fleet, maker }: Sim): void {
  const { chance, weather } = world;
  if (chance.is(weather.workerCrash)) {
    world.met("fault: worker dies");
    crashIsolate(fleet);
  }
  if (chance.is(weather.objectCrash)) {
    world.met("fault: object dies");
    crashObject(maker, chance.pick([...maker.hosts.values()]));
  }
  if (chance.is(weather.jump)) {
    const jumpMs = drawJump(chance);
    world.met("fault: clock jumps");
    tell(world, world.clients, () => `the clock jumps ${jumpMs} ms`);
    world.nowMs += jumpMs;
  }
}

/** Many days pass, through which no Worker and no message lives; only alarms are as late as that. Then clients go on. */
async function night(sim: Sim): Promise<void> {
  const { world, fleet, maker } = sim;
  for (const _ of fleet.isolates) crashIsolate(fleet);
  for (const host of maker.hosts.values()) crashObject(maker, host);
  world.dues = world.dues.filter(({ actor }) => actor === world.bells);
  world.met("night");
  world.nowMs += WEEK_MS;
  await live(sim, 2);
}

async function check(sim: Sim): Promise<void> {
  const found = [...(await checkStock(sim.maker, sim.d1, sim.world.nowMs)), ...checkTold(sim)];
  for (const finding of found) report(sim.world, finding);
}

/** When every window and reservation is over, only what was sold is not free. */
async function endOfTime(sim: Sim): Promise<void> {
  for (let round = 0; round < LONG_ROUNDS; round += 1) {
    sim.world.nowMs += LONG_MS;
    await pass(sim, AFTER_MS);
  }
  await comeToRest(sim);
  await check(sim);
  for (const finding of checkCopies(sim.maker, sim.d1)) report(sim.world, finding);
  for (const { productId, sql } of sim.maker.hosts.values()) {
    const held = sql.run("SELECT hold_id AS holdId FROM holds").rows;
    for (const { holdId } of held) report(sim.world, `${productId} holds units for ${String(holdId)} long after its time`);
  }
}

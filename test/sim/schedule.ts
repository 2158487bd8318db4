import type { Random } from "../support/random.ts";
import { checkAcknowledged } from "./checks/acknowledged.ts";
import { checkCopies } from "./checks/projection.ts";
import { checkStock } from "./checks/stock.ts";
import { checkCartOut, claimAnyCart, editAnyCart } from "./clients/cart-shoppers.ts";
import { pause, type Simulation } from "./clients/client.ts";
import { reopenAny } from "./clients/ended-orders.ts";
import { importFile } from "./clients/importers.ts";
import { place, rush } from "./clients/shoppers.ts";
import { cancelSome, fulfil, moveAnyOrder, pay, refund } from "./clients/staff.ts";
import { dispute, payByStripe } from "./clients/stripe.ts";
import { adjust, recall, receive, transfer } from "./clients/storekeepers.ts";
import { drawClockJump, drawFaultRates, NO_FAULTS } from "./engine/faults.ts";
import { newScheduler, randomOfSeed, reportFinding, step, trace } from "./engine/scheduler.ts";
import { startCron } from "./platform/cron.ts";
import { crashInstance } from "./platform/object-instances.ts";
import { crashIsolate } from "./platform/workers.ts";
import { advance, runToQuiescence } from "./quiescence.ts";
import { type Databases, receiveInitialStock, startSimulation } from "./setup.ts";

/** The result of one schedule. */
export interface Outcome {
  seed: number;
  steps: number;
  findings: string[];
  trace: string[] | undefined;
}

const ACTIONS = {
  place: [8, place],
  rush: [1, rush],
  edit: [3, editAnyCart],
  checkout: [6, checkCartOut],
  claim: [1, claimAnyCart],
  cancel: [3, (sim: Simulation) => moveAnyOrder(sim, "CANCELLED")],
  fulfil: [4, fulfil],
  cancelSome: [2, cancelSome],
  pay: [4, pay],
  payByStripe: [3, payByStripe],
  dispute: [3, dispute],
  refund: [2, refund],
  reopen: [2, reopenAny],
  adjust: [2, adjust],
  transfer: [2, transfer],
  receive: [2, receive],
  recall: [1, recall],
  importFile: [2, importFile],
} as const satisfies Record<string, readonly [weight: number, (sim: Simulation) => Promise<void>]>;

const WEIGHTS = Object.fromEntries(Object.entries(ACTIONS).map(([name, [weight]]) => [name, weight])) as Record<
  keyof typeof ACTIONS,
  number
>;

const CLIENTS = 5;
const ACTIONS_PER_CLIENT = 3;
/** Far more than any schedule needs: one that reaches it never ends. */
const MAX_STEPS = 20_000;
/** Faults end after this many steps. */
const MAX_FAULTY_STEPS = 5_000;
/** Together longer than any payment window or reservation. After each jump there is time for what came due. */
const EXPIRY_ROUNDS = 4;
const EXPIRY_JUMP_MS = 930_000;
const AFTER_JUMP_MS = 10_000;
/** Longer than fences are kept. */
const OUTAGE_MS = 8 * 86_400_000;

/** Runs one schedule. The same seed gives the same steps. */
export async function runSchedule(
  databases: Databases,
  seed: number,
  isTraced: boolean,
  cover: (what: string) => void,
): Promise<Outcome> {
  const random = randomOfSeed(seed);
  const scheduler = newScheduler({ random, faultRates: NO_FAULTS, cover, trace: isTraced ? [] : undefined });
  const sim = startSimulation(databases, scheduler);
  await receiveInitialStock(sim);
  scheduler.faultRates = drawFaultRates(random);
  const isFinished = await runClients(sim, CLIENTS);
  if (isFinished && random.chance(0.15)) await runLongOutage(sim);
  await runToQuiescence(sim);
  if (scheduler.findings.length === 0) await check(sim);
  if (scheduler.findings.length === 0) await checkAfterExpiry(sim);
  return { seed, steps: scheduler.steps, findings: scheduler.findings, trace: scheduler.trace };
}

/** Runs clients, with faults at any step. @returns whether all of them finished */
async function runClients(sim: Simulation, clients: number): Promise<boolean> {
  const { scheduler } = sim;
  const busy = new Set(Array.from({ length: clients }, (_, no) => no));
  const programs = [...busy].map(async (no) => {
    for (let action = 0; action < ACTIONS_PER_CLIENT; action += 1) {
      await pause(sim, drawThinkMs(scheduler.random));
      await ACTIONS[scheduler.random.weighted(WEIGHTS)][1](sim);
    }
    busy.delete(no);
  });
  for (const program of programs)
    program.catch((error: unknown) => reportFinding(scheduler, `a client failed: ${String((error as Error).stack)}`));
  startCron(sim);
  const lastFaultyStep = scheduler.steps + MAX_FAULTY_STEPS;
  while (busy.size > 0 && scheduler.findings.length === 0) {
    if (scheduler.steps > lastFaultyStep) scheduler.faultRates = NO_FAULTS;
    if (scheduler.steps > MAX_STEPS) reportFinding(scheduler, `clients were not done after ${MAX_STEPS} steps`);
    injectFaults(sim);
    await step(scheduler);
  }
  return busy.size === 0;
}

function drawThinkMs(random: Random): number {
  return random.pick([0, 20, 500, 5_000, 60_000]) + random.below(50);
}

/** Draws the faults before a step: crashes and clock jumps. Faults of messages are drawn when they are sent. */
function injectFaults({ scheduler, workers, runtime }: Simulation): void {
  const { random, faultRates } = scheduler;
  if (random.chance(faultRates.workerCrash)) {
    scheduler.cover("fault: worker dies");
    crashIsolate(workers);
  }
  if (random.chance(faultRates.objectCrash)) {
    scheduler.cover("fault: object dies");
    crashInstance(runtime, random.pick([...runtime.hosts.values()]));
  }
  if (random.chance(faultRates.jump)) {
    const jumpMs = drawClockJump(random);
    scheduler.cover("fault: clock jumps");
    trace(scheduler, scheduler.clients, () => `the clock jumps ${jumpMs} ms`);
    scheduler.nowMs += jumpMs;
  }
}

/** An outage of days: every isolate, instance and message is lost, and only alarms remain. Then clients go on. */
async function runLongOutage(sim: Simulation): Promise<void> {
  const { scheduler, workers, runtime } = sim;
  for (const _ of workers.isolates) crashIsolate(workers);
  for (const host of runtime.hosts.values()) crashInstance(runtime, host);
  scheduler.tasks = scheduler.tasks.filter(({ actor }) => actor === scheduler.alarms);
  scheduler.cover("long outage");
  scheduler.nowMs += OUTAGE_MS;
  await runClients(sim, 2);
}

async function check(sim: Simulation): Promise<void> {
  const findings = [...(await checkStock(sim.runtime, sim.d1, sim.scheduler.nowMs)), ...checkAcknowledged(sim)];
  for (const finding of findings) reportFinding(sim.scheduler, finding);
}

/** Checks again after every payment window and reservation has ended: then nothing may be held any more. */
async function checkAfterExpiry(sim: Simulation): Promise<void> {
  for (let round = 0; round < EXPIRY_ROUNDS; round += 1) {
    sim.scheduler.nowMs += EXPIRY_JUMP_MS;
    await advance(sim, AFTER_JUMP_MS);
  }
  await runToQuiescence(sim);
  await check(sim);
  for (const finding of checkCopies(sim.runtime, sim.d1)) reportFinding(sim.scheduler, finding);
  for (const { productId, sql } of sim.runtime.hosts.values()) {
    const held = sql.run("SELECT hold_id AS holdId FROM holds").rows;
    for (const { holdId } of held)
      reportFinding(sim.scheduler, `${productId} holds units for ${String(holdId)} long after its time`);
  }
}

import type { Sim } from "./clients/client.ts";
import { CALM } from "./engine/faults.ts";
import { cancel, later, report, step } from "./engine/scheduler.ts";

/** A round of calm, and after how many of them all has to be quiet: a round is longer than a hold, a lease, a retry and a run of the cron. */
const ROUND_MS = 150_000;
const MAX_ROUNDS = 8;
/** An alarm that rings as soon as this has something to do. */
const SOON_MS = 5_000;
/** More steps than a round needs: an alarm that takes as many rings for ever. */
const MAX_STEPS = 5_000;

/** Nothing goes wrong any more: alarms ring in time and the cron runs, until everything is repaired that time and they repair. */
export async function comeToRest(sim: Sim): Promise<void> {
  const { world } = sim;
  world.weather = CALM;
  for (const { alarm } of sim.maker.hosts.values()) {
    if (alarm) alarm.due.atMs = Math.max(alarm.atMs, world.nowMs);
  }
  for (let round = 0; round < MAX_ROUNDS && world.findings.length === 0; round += 1) {
    await pass(sim, ROUND_MS);
    if (isQuiet(sim)) return;
  }
}

/** Lets time pass, with all that happens in it. */
export async function pass({ world }: Sim, ms: number): Promise<void> {
  const untilMs = world.nowMs + ms;
  const most = world.steps + MAX_STEPS;
  const end = later(
    world,
    world.clients,
    ms,
    () => "time passes",
    () => {},
  );
  while (world.findings.length === 0 && (await step(world, untilMs))) {
    if (world.steps > most) report(world, `nothing came to rest in ${MAX_STEPS} steps`);
  }
  cancel(world, end);
}

/** What somebody still sees to: an action that is owed, a hold that is being placed or has run out, money without goods, an alarm. */
function isQuiet({ world, d1, maker }: Sim): boolean {
  const { nowMs } = world;
  const owed = d1.run(
    `SELECT 1 FROM stock_actions UNION ALL SELECT 1 FROM transfers WHERE status = 'dispatching'
     UNION ALL SELECT 1 FROM orders WHERE status = 'EXPIRED' AND payment_status = 'paid'`,
  ).rows;
  const hosts = [...maker.hosts.values()];
  const held = hosts.flatMap(
    ({ sql }) => sql.run("SELECT 1 FROM holds WHERE purpose = 'placing' OR expires_at_ms <= ?", [nowMs]).rows,
  );
  return (
    owed.length === 0 && held.length === 0 && hosts.every(({ alarm }) => alarm === undefined || alarm.atMs > nowMs + SOON_MS)
  );
}

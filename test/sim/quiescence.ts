import type { Simulation } from "./clients/client.ts";
import { NO_FAULTS } from "./engine/faults.ts";
import { cancel, enqueue, reportFinding, step } from "./engine/scheduler.ts";

/** One round is longer than a hold, a lease, a retry and the interval of the cron. */
const ROUND_MS = 150_000;
const MAX_ROUNDS = 8;
/** An alarm that is due within this time still has something to do. The flush of a sale may wait for ten seconds. */
const SOON_MS = 11_000;
/** Far more than a round needs: an alarm that reaches it re-arms itself forever. */
const MAX_STEPS = 5_000;

/** Ends all faults, then runs alarms and the cron on time until they have repaired everything that they can repair. */
export async function runToQuiescence(sim: Simulation): Promise<void> {
  const { scheduler } = sim;
  scheduler.faultRates = NO_FAULTS;
  for (const { alarm } of sim.runtime.hosts.values()) {
    if (alarm) alarm.task.atMs = Math.max(alarm.atMs, scheduler.nowMs);
  }
  for (let round = 0; round < MAX_ROUNDS && scheduler.findings.length === 0; round += 1) {
    await advance(sim, ROUND_MS);
    if (isQuiescent(sim)) return;
  }
}

/** Moves the clock on by so many ms and takes all steps on the way. */
export async function advance({ scheduler }: Simulation, ms: number): Promise<void> {
  const untilMs = scheduler.nowMs + ms;
  const lastStep = scheduler.steps + MAX_STEPS;
  const end = enqueue(
    scheduler,
    scheduler.clients,
    ms,
    () => "time passes",
    () => {},
  );
  while (scheduler.findings.length === 0 && (await step(scheduler, untilMs))) {
    if (scheduler.steps > lastStep) reportFinding(scheduler, `no quiescence after ${MAX_STEPS} steps`);
  }
  cancel(scheduler, end);
}

/** Whether nothing is left to repair: no pending action, no placing or expired hold, no unsettled late payment, no alarm that is due. */
function isQuiescent({ scheduler, d1, runtime }: Simulation): boolean {
  const { nowMs } = scheduler;
  const pending = d1.run(
    `SELECT 1 FROM stock_actions UNION ALL SELECT 1 FROM order_fills UNION ALL SELECT 1 FROM transfers WHERE status = 'dispatching'
     UNION ALL SELECT 1 FROM orders WHERE status = 'EXPIRED' AND payment_status = 'paid'
     UNION ALL SELECT 1 FROM opening_stock WHERE found_on_hand IS NULL UNION ALL SELECT 1 FROM stale_products`,
  ).rows;
  const hosts = [...runtime.hosts.values()];
  const held = hosts.flatMap(
    ({ sql }) => sql.run("SELECT 1 FROM holds WHERE purpose = 'placing' OR expires_at_ms <= ?", [nowMs]).rows,
  );
  return (
    pending.length === 0 && held.length === 0 && hosts.every(({ alarm }) => alarm === undefined || alarm.atMs > nowMs + SOON_MS)
  );
}

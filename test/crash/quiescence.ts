import type { WorkerProcess } from "./worker-process.ts";
import { type State, withState } from "./checks/read-state.ts";
import { pause } from "./clients/workload.ts";

/** Holds left by a crash expire after two minutes. Later rounds are for retries. */
const FIRST_ROUND_MS = 125_000;
const ROUND_MS = 35_000;
const MAX_ROUNDS = 20;
const SETTLE_MS = 500;

/**
 * Moves the clock on and runs alarms and the cron until no work is pending.
 * @returns what is still pending after all rounds, which are findings
 */
export async function runToQuiescence(worker: WorkerProcess, state: string): Promise<string[]> {
  let pending: string[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await worker.advanceClock(round === 0 ? FIRST_ROUND_MS : ROUND_MS);
    await worker.runCron();
    await pause(SETTLE_MS);
    pending = withState(state, (current) => pendingIn(current, Date.now() + worker.shiftMs));
    if (pending.length === 0) return [];
  }
  return pending;
}

/** A text that differs whenever the state changed, also by itself, such as when a payment window ends. */
export function stateVersion(state: string): string {
  return withState(state, ({ d1, objects }) => {
    const counts = ["order_events", "stock_actions"].map((table) => d1(`SELECT count(*) AS n FROM ${table}`)[0]?.["n"]);
    return [...counts, ...objects.map(({ movements }) => movements.length)].join();
  });
}

function pendingIn({ d1, objects }: State, nowMs: number): string[] {
  const holds = objects.flatMap((object) => object.holds);
  return [
    ...d1("SELECT action_id FROM stock_actions").map((row) => `pending action: ${row["action_id"]}`),
    ...d1("SELECT transfer_id FROM transfers WHERE status = 'dispatching'").map(
      (row) => `never dispatched: ${row["transfer_id"]}`,
    ),
    ...d1("SELECT order_id FROM orders WHERE status = 'EXPIRED' AND payment_status = 'paid'").map(
      (row) => `late payment never settled: ${row["order_id"]}`,
    ),
    ...d1(
      `SELECT order_id FROM orders WHERE status = 'PENDING' AND payment_status IN ('pending', 'failed') AND payment_due_at_ms < ${nowMs}`,
    ).map((row) => `unpaid order never expired: ${row["order_id"]}`),
    ...holds
      .filter((hold) => hold.purpose === "placing" || hold.expires_at_ms < nowMs)
      .map((hold) => `hold never ended: ${hold.hold_id} (${hold.purpose})`),
    ...objects.flatMap(({ levels, movements, flushedSeq }) => {
      const isBehind = levels.some((level) => level.version > level.flushed_version);
      const last = movements.findLast((each) => each.kind !== "reserve" || each.reference_type === "cart")?.seq ?? 0;
      return isBehind && last > flushedSeq ? [`never flushed: ${levels[0]?.variant_id}`] : [];
    }),
  ];
}

import type { Lives } from "./worker-process.ts";
import { type State, withState } from "./checks/read-state.ts";
import { pause } from "./clients/workload.ts";

/** What a crash left runs out after two minutes; later rounds are for what was tried again. */
const FIRST_ROUND_MS = 125_000;
const ROUND_MS = 35_000;
const MAX_ROUNDS = 20;
const SETTLE_MS = 500;

/**
 * Lets time pass, alarms ring and the sweep run until nothing is owed any more.
 * @returns what is still owed after all rounds; none is the only good answer
 */
export async function untilQuiet(lives: Lives, state: string): Promise<string[]> {
  let owed: string[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await lives.letPass(round === 0 ? FIRST_ROUND_MS : ROUND_MS);
    await lives.ringCron();
    await pause(SETTLE_MS);
    owed = withState(state, (found) => owedIn(found, Date.now() + lives.shiftMs));
    if (owed.length === 0) return [];
  }
  return owed;
}

/** What changes whenever anything moves, by itself too: a payment window may end at any moment. */
export function markOf(state: string): string {
  return withState(state, ({ d1, objects }) => {
    const counts = ["order_events", "stock_actions"].map((table) => d1(`SELECT count(*) AS n FROM ${table}`)[0]?.["n"]);
    return [...counts, ...objects.map(({ movements }) => movements.length)].join();
  });
}

function owedIn({ d1, objects }: State, nowMs: number): string[] {
  const holds = objects.flatMap((object) => object.holds);
  return [
    ...d1("SELECT action_id FROM stock_actions").map((row) => `never done: ${row["action_id"]}`),
    ...d1("SELECT transfer_id FROM transfers WHERE status = 'dispatching'").map((row) => `never left: ${row["transfer_id"]}`),
    ...d1("SELECT order_id FROM orders WHERE status = 'EXPIRED' AND payment_status = 'paid'").map(
      (row) => `paid late and never settled: ${row["order_id"]}`,
    ),
    ...d1(
      `SELECT order_id FROM orders WHERE status = 'PENDING' AND payment_status IN ('pending', 'failed') AND payment_due_at_ms < ${nowMs}`,
    ).map((row) => `unpaid and never expired: ${row["order_id"]}`),
    ...holds
      .filter((hold) => hold.purpose === "placing" || hold.expires_at_ms < nowMs)
      .map((hold) => `a hold that never ended: ${hold.hold_id} (${hold.purpose})`),
    ...objects.flatMap(({ levels, movements, flushedSeq }) => {
      const isBehind = levels.some((level) => level.version > level.flushed_version);
      const last = movements.findLast((each) => each.kind !== "reserve" || each.reference_type === "cart")?.seq ?? 0;
      return isBehind && last > flushedSeq ? [`never flushed: ${levels[0]?.variant_id}`] : [];
    }),
  ];
}

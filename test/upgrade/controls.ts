import type { Server } from "../deployed/server.ts";
import type { Row } from "./raw-state.ts";

/** The control requests of a test to a running shop, which `control.js` handles. */
export interface Controls {
  queryD1: (query: string) => Promise<Row[]>;
  query: (productId: string, query: string) => Promise<Row[]>;
  audit: (productId: string) => Promise<unknown[]>;
  /** Moves the clock of the Worker and the objects on. */
  advanceClock: (ms: number) => Promise<void>;
  /** How far the clock is ahead. */
  aheadMs: () => number;
  runAlarm: (productId: string) => Promise<void>;
  /** Runs the cron once. */
  runCron: () => Promise<void>;
  /** Runs any other control action. */
  call: (what: string, args?: object) => Promise<unknown>;
}

export function controlsOf({ url }: Pick<Server, "url">): Controls {
  const call = async (what: string, args: object = {}) => {
    const response = await fetch(`${url}/test-control`, { method: "POST", body: JSON.stringify({ what, ...args }) });
    if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
    const { result } = await response.json<{ result: unknown }>();
    return result;
  };
  let aheadMs = 0;
  return {
    queryD1: (query) => call("queryD1", { query }) as Promise<Row[]>,
    query: (productId, query) => call("query", { productId, query }) as Promise<Row[]>,
    audit: (productId) => call("audit", { productId }) as Promise<unknown[]>,
    advanceClock: async (ms) => {
      aheadMs += ms;
      await call("setAhead", { ms: aheadMs });
    },
    aheadMs: () => aheadMs,
    runAlarm: async (productId) => void (await call("runAlarm", { productId })),
    runCron: async () => void (await call("runCron")),
    call,
  };
}

/** Past the two minutes of a placing hold. */
const ROUND_MS = 150_000;
const ROUNDS = 4;

/** Moves the clock on and runs all alarms and the cron, until everything that a kill left is repaired. */
export async function recover(controls: Controls, productIds: readonly string[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await controls.advanceClock(ROUND_MS);
    for (const productId of productIds) await controls.runAlarm(productId);
    await controls.runCron();
  }
}

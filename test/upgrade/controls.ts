import type { Server } from "../deployed/server.ts";
import type { Row } from "./keeper.ts";

/** What a test does to a shop that runs, beside asking it as a client: `control.js` does it. */
export interface Controls {
  queryD1: (query: string) => Promise<Row[]>;
  query: (productId: string, query: string) => Promise<Row[]>;
  audit: (productId: string) => Promise<unknown[]>;
  /** Lets the Worker and the objects believe that so much more time has passed. */
  pass: (ms: number) => Promise<void>;
  /** How far the clock is ahead by now. */
  aheadMs: () => number;
  ring: (productId: string) => Promise<void>;
  /** Runs the cron once. */
  sweep: () => Promise<void>;
  /** Any other of its doings. */
  call: (what: string, asked?: object) => Promise<unknown>;
}

export function controlsOf({ url }: Pick<Server, "url">): Controls {
  const call = async (what: string, asked: object = {}) => {
    const response = await fetch(`${url}/test-control`, { method: "POST", body: JSON.stringify({ what, ...asked }) });
    if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
    const { said } = await response.json<{ said: unknown }>();
    return said;
  };
  let aheadMs = 0;
  return {
    queryD1: (query) => call("queryD1", { query }) as Promise<Row[]>,
    query: (productId, query) => call("query", { productId, query }) as Promise<Row[]>,
    audit: (productId) => call("audit", { productId }) as Promise<unknown[]>,
    pass: async (ms) => {
      aheadMs += ms;
      await call("setAhead", { ms: aheadMs });
    },
    aheadMs: () => aheadMs,
    ring: async (productId) => void (await call("ring", { productId })),
    sweep: async () => void (await call("sweep")),
    call,
  };
}

/** How far a round moves the clock: past the two minutes of a hold whose order is being placed. */
const ROUND_MS = 150_000;
const ROUNDS = 4;

/** Lets time pass, all alarms ring and the cron run, until what a kill left is repaired. */
export async function recover(controls: Controls, productIds: readonly string[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await controls.pass(ROUND_MS);
    for (const productId of productIds) await controls.ring(productId);
    await controls.sweep();
  }
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { median, pairedRatio } from "./figures.ts";
import { cpuMsOf, type Load } from "./measure.ts";
import { BEYOND_HOPS, PARTS } from "./parts.ts";
import { fillShop } from "./shop.ts";
import { buildBundle, copyPatched } from "../test/deployed/bundle.ts";
import { type Server, startServer } from "../test/deployed/server.ts";
import { writeReport } from "./write-report.ts";

// `npm run bench -- --parts`: which parts of placing an order cost what, between Holdfast and the bare Worker, by leaving out one after the
// other. All orders are of one product, which is flushed once in ten seconds: with many, the flushes that one block owes would run in another's.

const WORKLOAD = "1 line, hot";
const BLOCK_MS = 500;
const WARM_MS = 100;
const ROUNDS = 24;
/** In the first rounds the code is still being compiled. */
const WARM_ROUNDS = 4;

interface Variant {
  /** The part that was left out last. */
  name: string;
  server: Server;
  /** Of each round, by number of connections. */
  perSecond: Map<number, number[]>;
  cpuMs: number[];
}

/** Measures every variant in turns with the bare Worker, prints the table and keeps it. */
export async function measureParts(folder: string, load: Load, bare: Server, connections: readonly number[]): Promise<void> {
  const variants: Variant[] = [];
  try {
    for (let parts = 0; parts <= PARTS.length; parts += 1) {
      const name = `${parts > 1 ? "and " : ""}${PARTS[parts - 1]?.name ?? "nothing"}`;
      variants.push(variantOf(name, await startWithout(folder, parts)));
    }
    const all = [...variants, variantOf("everything: the bare Worker", bare)];
    for (const count of connections) {
      for (let round = 0; round < WARM_ROUNDS + ROUNDS; round += 1) {
        for (const variant of all) await measureOnce(load, variant, count, round);
      }
      console.log(`${count} connections: done`);
    }
    const table = toTable(all, connections);
    console.log(["", ...table].join("\n"));
    writeReport("parts", "npm run bench -- --parts", table.join("\n"));
  } finally {
    await Promise.all(variants.map(({ server }) => server.stop()));
  }
}

/**
 * Starts Holdfast without the first `parts`, with a shop in it. All clients have one address here, so the rate limits are off; everything
 * else is as deployed, the log included.
 */
export async function startWithout(folder: string, parts: number): Promise<Server> {
  const own = join(folder, `without-${parts}`);
  mkdirSync(own);
  const patches = PARTS.slice(0, parts).flatMap((part) => part.patches);
  const config = parts === 0 ? undefined : copyPatched(join(own, "sources"), patches);
  const script = await buildBundle(join(own, "bundle"), config);
  const server = await startServer({ script, state: join(own, "state"), vars: { RATE_LIMITS: "off" } });
  await fillShop(server.url);
  return server;
}

function variantOf(name: string, server: Server): Variant {
  return { name, server, perSecond: new Map(), cpuMs: [] };
}

async function measureOnce(load: Load, variant: Variant, connections: number, round: number): Promise<void> {
  const { name, server, perSecond, cpuMs } = variant;
  const before = cpuMsOf(server.workerdPid);
  const block = { url: server.url, workload: WORKLOAD, connections, seed: round, warmMs: WARM_MS, blockMs: BLOCK_MS } as const;
  const { samples, countedMs, statuses, finished } = await load.run(block);
  if (Object.keys(statuses).some((status) => status !== "201")) throw new Error(`without ${name}: ${JSON.stringify(statuses)}`);
  if (round < WARM_ROUNDS) return;
  const soFar = perSecond.get(connections) ?? [];
  perSecond.set(connections, [...soFar, ((samples.order ?? []).length * 1_000) / countedMs]);
  cpuMs.push((cpuMsOf(server.workerdPid) - before) / finished);
}

function toTable(variants: readonly Variant[], connections: readonly number[]): string[] {
  const ratio = (ours: Variant | undefined, theirs: Variant | undefined, count: number) =>
    pairedRatio(ours?.perSecond.get(count) ?? [], theirs?.perSecond.get(count) ?? []).toFixed(2);
  const hops = variants[BEYOND_HOPS];
  const rows = variants.map((variant) => {
    const ratios = connections.map((count) => ratio(variant, variants.at(-1), count));
    return `| ${[variant.name, median(variant.cpuMs).toFixed(1), ...ratios].join(" | ")} |`;
  });
  return [
    `Orders of one hot product, ${ROUNDS} times ${BLOCK_MS / 1_000} s for each number of connections, in turns; orders a second by the bare Worker's:`,
    "",
    `| left out | CPU ms an order | ${connections.map((count) => `× ${count}`).join(" | ")} |`,
    `|---|${"--:|".repeat(connections.length + 1)}`,
    ...rows,
    "",
    `Of the same three hops without framework, validation and ledger: ${connections.map((count) => ratio(variants[0], hops, count)).join(", ")}.`,
  ];
}

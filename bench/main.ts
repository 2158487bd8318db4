import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureParts, startWithout } from "./left-out.ts";
import { BEYOND_HOPS } from "./parts.ts";
import { measureAll, type Plan, startLoad } from "./measure.ts";
import { commitNow, RESULTS } from "./write-report.ts";
import { ratiosOf, type Results, toMarkdown, toPlot } from "./report.ts";
import { saturate } from "./saturation.ts";
import { PRODUCTS } from "./workloads.ts";
import { type Server, startServer } from "../test/deployed/server.ts";

// `npm run bench`: the deployed bundle in workerd, in turns with its three hops alone and a bare Worker. The whole form takes twenty-five
// minutes and writes `bench/results`; `--quick` takes a minute and writes nothing. `--parts` measures the parts that lie between the three.

const HERE = import.meta.dirname;

// A sale's flush waits ten seconds. With these lengths a block pays for the flushes of its own warm-up, and none of its flushes runs in a block
// of another side.
const WHOLE = { warmMs: 6_000, blockMs: 6_000, restMs: 6_000, blocks: 2, floodMs: 15_000 };
const QUICK = { warmMs: 250, blockMs: 700, restMs: 100, blocks: 1, floodMs: 5_000 };
const CONNECTIONS = [1, 16, 64];
const FLOOD_CONNECTIONS = 640;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    parts: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});
const { floodMs, ...lengths } = values.quick ? QUICK : WHOLE;
const plan: Plan = { ...lengths, connections: CONNECTIONS, seed: Number(values.seed) };
const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
try {
  await (values.parts ? runParts() : run());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const holdfast = await startWithout(folder, 0);
  const hops = await startWithout(folder, BEYOND_HOPS);
  const bare = await startBare();
  const load = startLoad();
  try {
    const cells = await measureAll(load, { holdfast, hops, bare }, plan);
    const saturation = await saturate(holdfast.url, FLOOD_CONNECTIONS, floodMs);
    report({
      at: new Date().toISOString(),
      commit: commitNow(),
      machine: {
        cores: cpus().length,
        cpu: cpus()[0]?.model ?? "unknown",
        node: process.versions.node,
        workerd: workerdVersion(),
      },
      plan: { ...plan, products: PRODUCTS },
      ratios: ratiosOf(cells),
      cells,
      saturation,
    });
  } finally {
    load.stop();
    await Promise.all([holdfast, hops, bare].map((server) => server.stop()));
  }
}

async function runParts(): Promise<void> {
  const bare = await startBare();
  const load = startLoad();
  try {
    await measureParts(folder, load, bare, CONNECTIONS);
  } finally {
    load.stop();
    await bare.stop();
  }
}

function startBare(): Promise<Server> {
  const script = join(HERE, "bare-worker.js");
  return startServer({ script, state: join(folder, "bare"), migrations: join(HERE, "bare-migrations") });
}

function report(results: Results): void {
  const text = toMarkdown(results);
  console.log(`\n${text}`);
  if (values.quick) return;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, "bench.md"), text);
  writeFileSync(join(RESULTS, "bench.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(RESULTS, "bench.svg"), toPlot(results));
}

function workerdVersion(): string {
  const file = join(HERE, "../node_modules/workerd/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

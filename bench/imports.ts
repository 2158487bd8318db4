import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median, percentile } from "./figures.ts";
import { rowsOf, stockFile } from "./import-files.ts";
import { startWithout } from "./left-out.ts";
import { type Load, startLoad } from "./measure.ts";
import { writeReport } from "./write-report.ts";
import { SECRETS } from "../test/deployed/server.ts";

// `npm run bench:import`: how many orders a second are placed beside an import, in turns with none. Orders are of other products than the file's.
// The whole form takes about half an hour and keeps its report; `--quick` takes a minute and keeps none.

const WHOLE = { products: 5_000, stocked: 500, turns: 5, blockMs: 3_000, restMs: 5_000 };
const QUICK = { products: 60, stocked: 12, turns: 1, blockMs: 700, restMs: 200 };
const CONNECTIONS = 4;
const PART_ROWS = 500;
/** `npm run import` leaves the server alone for this many times as long as a part took, up to the second number. */
const REST_FACTOR = 6;
const MAX_REST_MS = 10_000;
const POLL_MS = 300;

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, turns: { type: "string" } } });
const sizes = values.quick ? QUICK : WHOLE;
const turns = values.turns === undefined ? sizes.turns : Number(values.turns);

interface Bench {
  url: string;
  load: Load;
  /** Different in each block, so that every import changes something. */
  blocks: number;
}

/** Orders that were placed in some time, and how long each took. */
interface Measured {
  perSecond: number;
  samples: number[];
}

/** Orders without and beside an import, which was answered and has finished. */
interface Round {
  without: Measured;
  beside: Measured;
  answeredMs: number;
  finishedMs: number;
}

/** One kind of import. @returns the ids of its imports */
type Job = (bench: Bench, block: number) => Promise<string[]>;

const JOBS: Readonly<Record<string, Job>> = {
  "5,000 changed products in parts of 500, as `npm run import` sends them": (bench, block) =>
    inParts(bench, rowsOf(sizes.products, block + 1)),
  "5,000 changed products in one request": async (bench, block) => [
    await post(bench, rowsOf(sizes.products, block + 1).join("\n"), "application/x-ndjson"),
  ],
  "new products of Shopify with quantities in one request": async (bench, block) => [
    await post(bench, stockFile(`new-${block}`, sizes.stocked), "text/csv"),
  ],
};

const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-import-"));
const server = await startWithout(folder, 0);
const load = startLoad();
try {
  const bench: Bench = { url: server.url, load, blocks: 0 };
  await fill(bench);
  // In its first seconds the code is still being compiled.
  await ordersWhile(bench, new Promise((resolve) => setTimeout(resolve, 2 * sizes.blockMs)));
  const lines = [
    `| import | orders/s without | beside | ratio, median of ${turns} | p99 beside, ms | answered, s | finished, s |`,
    "|---|---|---|---|---|---|---|",
  ];
  for (const [name, job] of Object.entries(JOBS)) lines.push(await measureJob(bench, name, job));
  console.log(lines.join("\n"));
  if (!values.quick) writeReport("import", "npm run bench:import", lines.join("\n"));
} finally {
  load.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** The products that imports change; some of them with stock, which the file of another shop brings in. */
async function fill(bench: Bench): Promise<void> {
  const ids = [];
  for (let at = 0; at < sizes.products; at += PART_ROWS)
    ids.push(
      await post(
        bench,
        rowsOf(sizes.products, 1)
          .slice(at, at + PART_ROWS)
          .join("\n"),
        "application/x-ndjson",
      ),
    );
  ids.push(await post(bench, stockFile("import", sizes.stocked), "text/csv"));
  await finished(bench, ids);
}

/** Measures orders without and beside an import in turns. @returns a line of the table */
async function measureJob(bench: Bench, name: string, job: Job): Promise<string> {
  const rounds: Round[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const without = await ordersWhile(bench, new Promise((resolve) => setTimeout(resolve, sizes.blockMs)));
    bench.blocks += 1;
    const begunMs = Date.now();
    let answeredMs = 0;
    const importing = job(bench, bench.blocks).then((ids) => {
      answeredMs = Date.now() - begunMs;
      return finished(bench, ids);
    });
    const beside = await ordersWhile(bench, importing);
    rounds.push({ without, beside, answeredMs, finishedMs: Date.now() - begunMs });
    console.log(`${name}, turn ${turn + 1}: ${(beside.perSecond / without.perSecond).toFixed(2)}`);
    await new Promise((resolve) => setTimeout(resolve, sizes.restMs));
  }
  const of = (figure: (round: Round) => number, digits = 1) => median(rounds.map(figure)).toFixed(digits);
  const p99 = percentile(
    rounds.flatMap(({ beside }) => beside.samples).toSorted((a, b) => a - b),
    0.99,
  ).toFixed(0);
  const ratio = of(({ without, beside }) => beside.perSecond / without.perSecond, 2);
  const rates = [of(({ without }) => without.perSecond), of(({ beside }) => beside.perSecond)];
  const times = [of(({ answeredMs }) => answeredMs / 1_000), of(({ finishedMs }) => finishedMs / 1_000)];
  return `| ${[name, ...rates, ratio, p99, ...times].join(" | ")} |`;
}

/** Places orders until some work has ended. @throws what the work throws; Error where orders are refused */
async function ordersWhile({ url, load: clients, blocks }: Bench, work: Promise<unknown>): Promise<Measured> {
  const state = { isOver: false };
  const over = work.finally(() => {
    state.isOver = true;
  });
  over.catch(() => undefined);
  const samples: number[] = [];
  let countedMs = 0;
  for (let seed = blocks * 1_000; !state.isOver; seed += 1) {
    const block = { url, workload: "1 line, spread", connections: CONNECTIONS, seed, warmMs: 0, blockMs: sizes.blockMs } as const;
    const counted = await clients.run(block);
    const failed = Object.keys(counted.statuses).filter((status) => Number(status) >= 300);
    if (failed.length > 0) throw new Error(`orders were answered ${failed.join(", ")}`);
    samples.push(...Object.values(counted.samples).flat());
    countedMs += counted.countedMs;
  }
  await over;
  return { perSecond: (samples.length * 1_000) / countedMs, samples };
}

async function inParts(bench: Bench, rows: readonly string[]): Promise<string[]> {
  const ids = [];
  for (let at = 0; at < rows.length; at += PART_ROWS) {
    const sentMs = Date.now();
    ids.push(await post(bench, rows.slice(at, at + PART_ROWS).join("\n"), "application/x-ndjson"));
    await new Promise((resolve) => setTimeout(resolve, Math.min(REST_FACTOR * (Date.now() - sentMs), MAX_REST_MS)));
  }
  return ids;
}

/** Sends a file. @returns the id of the import */
async function post({ url }: Bench, body: string, type: string): Promise<string> {
  const headers = {
    "Content-Type": type,
    Authorization: `Bearer ${SECRETS.ADMIN_TOKEN}`,
    "Idempotency-Key": crypto.randomUUID(),
  };
  const response = await fetch(`${url}/api/v1/products/import?warehouse_id=BLR`, { method: "POST", headers, body });
  const answer = await response.json<{ import_id: string; totals?: { refused: number } }>();
  if (!response.ok || answer.totals?.refused !== 0)
    throw new Error(`an import was answered ${response.status}: ${JSON.stringify(answer).slice(0, 300)}`);
  return answer.import_id;
}

/** Waits until lists show the imports, and their opening stock is received. */
async function finished({ url }: Bench, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    for (let status = ""; status !== "finished";) {
      const response = await fetch(`${url}/api/v1/products/imports/${id}`, {
        headers: { Authorization: `Bearer ${SECRETS.ADMIN_TOKEN}` },
      });
      ({ status } = await response.json<{ status: string }>());
      if (status !== "finished") await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

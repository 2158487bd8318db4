import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pairedRatio, median, type Summary, summarise } from "./figures.ts";
import type { Block, Counted } from "./load.ts";
import { ORDERS, type Workload, WORKLOADS } from "./workloads.ts";
import type { Server } from "../test/deployed/server.ts";

/** How long and how often each cell of the table is measured. */
export interface Plan {
  seed: number;
  warmMs: number;
  blockMs: number;
  /** Between two blocks, so that the work that one side left does not slow the other. */
  restMs: number;
  /** Blocks of each side; they take turns. */
  blocks: number;
  connections: number[];
}

/** What one side of a comparison came to. */
export interface Side extends Summary {
  /** CPU of workerd for one of them, median of the blocks; null where the system does not tell. */
  cpuMs: number | null;
}

/** One kind of request under one load. */
export interface Cell {
  workload: Workload;
  request: string;
  connections: number;
  holdfast: Side;
  /** Where the bare Worker can do it too. */
  bare: Side | null;
  /** Holdfast's orders a second by the bare Worker's. */
  ratio: number | null;
}

interface Measured extends Counted {
  cpuMs: number;
}

/** The clients. */
export interface Load {
  run: (block: Block) => Promise<Counted>;
  stop: () => void;
}

/** One tick of /proc's clock in ms, which Linux fixes for programs. */
const TICK_MS = 10;

/** Starts the clients in a process of their own. */
export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, "load.ts"));
  const run = (block: Block) =>
    new Promise<Counted>((resolve, reject) => {
      child.once("message", (counted) => resolve(counted as Counted));
      child.once("exit", (code) => reject(new Error(`the clients ended with ${code}`)));
      child.send(block);
    }).finally(() => child.removeAllListeners("exit"));
  return { run, stop: () => child.disconnect() };
}

/** Measures every workload at every number of connections, Holdfast and the bare Worker in turns. */
export async function measureAll(load: Load, holdfast: Server, bare: Server, plan: Plan): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const workload of Object.keys(WORKLOADS) as Workload[]) {
    const isOrder = ORDERS.some((each) => each === workload);
    for (const connections of plan.connections) {
      const ours: Measured[] = [];
      const theirs: Measured[] = [];
      for (let block = 0; block < plan.blocks; block += 1) {
        ours.push(await measure(load, holdfast, workload, connections, plan, block));
        if (isOrder) theirs.push(await measure(load, bare, workload, connections, plan, block));
      }
      const measured = cellsOf(workload, connections, ours, theirs);
      console.log(measured.map(toLine).join("\n"));
      cells.push(...measured);
    }
  }
  return cells;
}

async function measure(
  load: Load,
  { url, workerdPid }: Server,
  workload: Workload,
  connections: number,
  { seed, warmMs, blockMs, restMs }: Plan,
  block: number,
): Promise<Measured> {
  const before = cpuMsOf(workerdPid);
  const counted = await load.run({ url, workload, connections, seed: seed + block * 1_000, warmMs, blockMs });
  const failed = Object.entries(counted.statuses).filter(([status]) => Number(status) >= 300);
  if (failed.length > 0) throw new Error(`${workload}: ${failed.map(([status, count]) => `${count} × ${status}`).join(", ")}`);
  await new Promise((resolve) => setTimeout(resolve, restMs));
  return { ...counted, cpuMs: cpuMsOf(workerdPid) - before };
}

function cellsOf(workload: Workload, connections: number, ours: readonly Measured[], theirs: readonly Measured[]): Cell[] {
  const requests = new Set(ours.flatMap(({ samples }) => Object.keys(samples)));
  if (requests.size === 0) throw new Error(`${workload}: nothing was answered in any block`);
  return [...requests].toSorted().map((request): Cell => {
    const rates = [ours, theirs].map((blocks) =>
      blocks.map(({ samples, countedMs }) => (samples[request]?.length ?? 0) / countedMs),
    );
    return {
      workload,
      request,
      connections,
      holdfast: sideOf(ours, request),
      bare: theirs.length > 0 ? sideOf(theirs, request) : null,
      ratio: theirs.length > 0 ? pairedRatio(rates[0] ?? [], rates[1] ?? []) : null,
    };
  });
}

function sideOf(blocks: readonly Measured[], request: string): Side {
  const countedMs = blocks.reduce((sum, block) => sum + block.countedMs, 0);
  const cpuMs = median(blocks.map((block) => block.cpuMs / block.finished));
  const samples = blocks.flatMap((block) => block.samples[request] ?? []);
  return { ...summarise(samples, countedMs), cpuMs: Number.isFinite(cpuMs) ? cpuMs : null };
}

function toLine({ request, workload, connections, holdfast, ratio }: Cell): string {
  const name = `${request}, ${workload}, ${connections}`.padEnd(40);
  return `${name} ${holdfast.perSecond.toFixed(1).padStart(7)}/s${ratio === null ? "" : `, ${ratio.toFixed(2)} of bare`}`;
}

/** The CPU that a process has used until now; NaN where there is no /proc. */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

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
  /** Between two blocks, so that background work of one side does not slow down the other. */
  restMs: number;
  /** Blocks of each side; they take turns. */
  blocks: number;
  connections: number[];
}

/** The figures of one side of a comparison. */
export interface Side extends Summary {
  /** CPU time of workerd per round, median of the blocks; null where the system does not report it. */
  cpuMs: number | null;
}

/** One kind of request under one load. */
export interface Cell {
  workload: Workload;
  request: string;
  connections: number;
  holdfast: Side;
  /** Of one-line orders: what is left of Holdfast without framework, validation and ledger. */
  hops: Compared | null;
  /** Of orders: a Worker that also reads and writes less. */
  bare: Compared | null;
}

/** Another side, with the ratio of Holdfast's requests per second to its own. */
export interface Compared extends Side {
  ratio: number;
}

/** The servers that are measured in one run. */
interface Sides {
  holdfast: Server;
  hops: Server;
  bare: Server;
}

interface Measured extends Counted {
  cpuMs: number;
}

/** The clients. */
export interface Load {
  run: (block: Block) => Promise<Counted>;
  stop: () => void;
}

/** One clock tick of /proc in ms; Linux shows 100 per second to programs. */
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

/** Measures every workload at every number of connections, the sides in turns. */
export async function measureAll(load: Load, sides: Sides, plan: Plan): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const workload of Object.keys(WORKLOADS) as Workload[]) {
    for (const connections of plan.connections) {
      const found: Record<keyof Sides, Measured[]> = { holdfast: [], hops: [], bare: [] };
      for (let block = 0; block < plan.blocks; block += 1) {
        for (const side of sidesOf(workload)) {
          found[side].push(await measure(load, sides[side], workload, connections, plan, block));
        }
      }
      const measured = cellsOf(workload, connections, found);
      console.log(measured.map(toLine).join("\n"));
      cells.push(...measured);
    }
  }
  return cells;
}

function sidesOf(workload: Workload): (keyof Sides)[] {
  if (!ORDERS.some((each) => each === workload)) return ["holdfast"];
  return workload.startsWith("1 line") ? ["holdfast", "hops", "bare"] : ["holdfast", "bare"];
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

function cellsOf(workload: Workload, connections: number, found: Readonly<Record<keyof Sides, Measured[]>>): Cell[] {
  const requests = new Set(found.holdfast.flatMap(({ samples }) => Object.keys(samples)));
  if (requests.size === 0) throw new Error(`${workload}: nothing was answered in any block`);
  return [...requests].toSorted().map((request): Cell => {
    const rates = (blocks: readonly Measured[]) =>
      blocks.map(({ samples, countedMs }) => (samples[request]?.length ?? 0) / countedMs);
    const compared = (blocks: readonly Measured[]) =>
      blocks.length > 0 ? { ...sideOf(blocks, request), ratio: pairedRatio(rates(found.holdfast), rates(blocks)) } : null;
    const holdfast = sideOf(found.holdfast, request);
    return { workload, request, connections, holdfast, hops: compared(found.hops), bare: compared(found.bare) };
  });
}

function sideOf(blocks: readonly Measured[], request: string): Side {
  const countedMs = blocks.reduce((sum, block) => sum + block.countedMs, 0);
  const cpuMs = median(blocks.map((block) => block.cpuMs / block.finished));
  const samples = blocks.flatMap((block) => block.samples[request] ?? []);
  return { ...summarise(samples, countedMs), cpuMs: Number.isFinite(cpuMs) ? cpuMs : null };
}

function toLine({ request, workload, connections, holdfast, hops, bare }: Cell): string {
  const name = `${request}, ${workload}, ${connections}`.padEnd(40);
  const ratios = [hops && `, ${hops.ratio.toFixed(2)} of the hops`, bare && `, ${bare.ratio.toFixed(2)} of bare`];
  return `${name} ${holdfast.perSecond.toFixed(1).padStart(7)}/s${ratios.filter(Boolean).join("")}`;
}

/** The CPU time that a process has used so far, in ms; NaN where there is no /proc. */
export function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

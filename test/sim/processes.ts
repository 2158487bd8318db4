import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { addCoverage, type Coverage } from "./coverage.ts";
import type { MutantName } from "./mutants.ts";
import type { Options } from "./options.ts";

/** The totals of one process. It prints them as a line of JSON after its schedules; the last line counts. */
export interface PartSummary {
  schedules: number;
  steps: number;
  coverage: [string, number][];
  failed: { seed: number; findings: string[] } | undefined;
}

/** The totals of all processes. */
export interface Totals {
  schedules: number;
  steps: number;
  coverage: Coverage;
  /** The first failing seed of each process. */
  failed: { seed: number; findings: string[] }[];
  /** Error texts of processes that failed by themselves. */
  crashed: string[];
}

/**
 * Splits schedules among processes. Each process simulates one schedule at a time, because it replaces its globals.
 * @param onProgress called with the totals after every line that a process prints
 */
export async function runInProcesses(options: Options, onProgress: (totals: Totals) => void): Promise<Totals> {
  const { processes, from, schedules, seconds, mutant } = options;
  const parts: (PartSummary | undefined)[] = Array.from({ length: processes }, () => undefined);
  const crashed: string[] = [];
  const totals = () => sumOf(parts, crashed);
  const runs = parts.map(async (_, no) => {
    const share = Math.ceil((schedules - no) / processes);
    const args = ["--part", "--from", String(from + no), "--every", String(processes), "--seconds", String(seconds)];
    if (Number.isFinite(share)) args.push("--schedules", String(share));
    const failure = await runPart([...args, ...mutantArgs(mutant)], (part) => {
      parts[no] = part;
      onProgress(totals());
    });
    if (failure !== "") crashed.push(failure);
  });
  await Promise.all(runs);
  return totals();
}

function mutantArgs(mutant: MutantName | undefined): string[] {
  return mutant === undefined ? [] : ["--mutant", mutant];
}

/** Runs one process. @returns the text of its failure; empty on success */
async function runPart(args: readonly string[], onSummary: (part: PartSummary) => void): Promise<string> {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) onSummary(JSON.parse(line) as PartSummary);
  const code = await ended;
  return code === 0 ? "" : `a process ended with code ${code}: ${stderr}`;
}

function sumOf(parts: readonly (PartSummary | undefined)[], crashed: string[]): Totals {
  const totals: Totals = { schedules: 0, steps: 0, coverage: new Map(), failed: [], crashed };
  for (const part of parts) {
    if (!part) continue;
    totals.schedules += part.schedules;
    totals.steps += part.steps;
    for (const [what, times] of part.coverage) addCoverage(totals.coverage, what, times);
    if (part.failed) totals.failed.push(part.failed);
  }
  return totals;
}

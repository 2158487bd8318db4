import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { count, type Met } from "./coverage.ts";
import type { MutantName } from "./mutants.ts";
import type { Options } from "./options.ts";

/** What a process tells of its schedules, as a line of JSON, again and again; the last line counts. */
export interface PartSummary {
  schedules: number;
  steps: number;
  met: [string, number][];
  failed: { seed: number; findings: string[] } | undefined;
}

/** What all processes together came to. */
export interface Whole {
  schedules: number;
  steps: number;
  met: Met;
  /** The first seeds that found something, one of a process at most. */
  failed: { seed: number; findings: string[] }[];
  /** Processes that ended otherwise than by telling what they came to. */
  broken: string[];
}

/**
 * Shares schedules among processes, for each simulates by the globals of its own.
 * @param told with every line that one of them tells
 */
export async function runInProcesses(options: Options, told: (whole: Whole) => void): Promise<Whole> {
  const { processes, from, schedules, seconds, mutant } = options;
  const parts: (PartSummary | undefined)[] = Array.from({ length: processes }, () => undefined);
  const broken: string[] = [];
  const whole = () => sumOf(parts, broken);
  const runs = parts.map(async (_, no) => {
    const share = Math.ceil((schedules - no) / processes);
    const args = ["--part", "--from", String(from + no), "--every", String(processes), "--seconds", String(seconds)];
    if (Number.isFinite(share)) args.push("--schedules", String(share));
    const end = await runPart([...args, ...plantedBy(mutant)], (part) => {
      parts[no] = part;
      told(whole());
    });
    if (end !== "") broken.push(end);
  });
  await Promise.all(runs);
  return whole();
}

function plantedBy(mutant: MutantName | undefined): string[] {
  return mutant === undefined ? [] : ["--mutant", mutant];
}

/** @returns what the process said of its failure; nothing where it ended well */
async function runPart(args: readonly string[], told: (part: PartSummary) => void): Promise<string> {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) told(JSON.parse(line) as PartSummary);
  const code = await ended;
  return code === 0 ? "" : `a process ended with ${code}: ${said}`;
}

function sumOf(parts: readonly (PartSummary | undefined)[], broken: string[]): Whole {
  const whole: Whole = { schedules: 0, steps: 0, met: new Map(), failed: [], broken };
  for (const part of parts) {
    if (!part) continue;
    whole.schedules += part.schedules;
    whole.steps += part.steps;
    for (const [what, times] of part.met) count(whole.met, what, times);
    if (part.failed) whole.failed.push(part.failed);
  }
  return whole;
}

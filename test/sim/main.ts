import { printed, writeReport } from "../../bench/write-report.ts";
import { uncovered } from "./coverage.ts";
import { type PartSummary, runInProcesses, type Totals } from "./processes.ts";
import { loadSources } from "./loader.ts";
import { type MutantName, MUTANTS } from "./mutants.ts";
import { isReported, type Options, readOptions } from "./options.ts";
import { replaceGlobals } from "./engine/globals.ts";

/** A mutant must be caught within this many schedules. */
const MUTANT_SCHEDULES = 400;
const PROGRESS_MS = 5_000;

const options = readOptions(process.argv.slice(2));
if (options.seed !== undefined) await replaySeed(options.seed);
else if (options.isPart) await runPart();
else if (options.isMutants) await catchMutants();
else await runAll();

/** Prints one schedule step by step. */
async function replaySeed(seed: number): Promise<void> {
  prepareProcess();
  const { replay } = await import("./campaign.ts");
  const { findings, trace, steps } = await replay(seed);
  print([...(trace ?? []), `seed ${seed}: ${steps} steps, ${findings.length} findings`, ...findings].join("\n"));
  process.exitCode = findings.length > 0 ? 1 : 0;
}

/** Runs one process of a campaign. Each line that it prints is a summary for the parent process. */
async function runPart(): Promise<void> {
  prepareProcess();
  const { runCampaign } = await import("./campaign.ts");
  let printedMs = 0;
  await runCampaign(options, ({ schedules, steps, coverage, failed }) => {
    const isLast = schedules === options.schedules || failed !== undefined;
    if (!isLast && performance.now() - printedMs < 200) return;
    printedMs = performance.now();
    const part: PartSummary = {
      schedules,
      steps,
      coverage: [...coverage],
      failed: failed && { seed: failed.seed, findings: failed.findings },
    };
    print(JSON.stringify(part));
  });
}

/** Replaces the globals and plants the mutant, which must happen before the first of the sources is loaded. */
function prepareProcess(): void {
  loadSources(options.mutant && MUTANTS[options.mutant]);
  replaceGlobals();
}

async function runAll(): Promise<void> {
  const startMs = performance.now();
  let printedMs = startMs;
  const totals = await runInProcesses(options, ({ schedules, steps }) => {
    if (performance.now() - printedMs < PROGRESS_MS) return;
    printedMs = performance.now();
    print(`${schedules} schedules, ${steps} steps`);
  });
  const seconds = (performance.now() - startMs) / 1_000;
  printSummary(totals, seconds);
  // A run whose processes broke down measured nothing.
  const isReport = isReported(options, totals.schedules) && totals.crashed.length === 0;
  if (isReport) writeReport("simulation", commandLine(), printed(outcomeOf(totals, seconds)));
  const missing = options.isCi ? uncovered(totals.coverage) : [];
  for (const what of missing) print(`never reached: ${what}`);
  const isGood = totals.failed.length === 0 && totals.crashed.length === 0 && missing.length === 0;
  process.exitCode = isGood ? 0 : 1;
}

function printSummary(totals: Totals, seconds: number): void {
  print(
    [...totals.coverage]
      .map(([what, times]) => `  ${String(times).padStart(9)}  ${what}`)
      .toSorted((a, b) => (a.slice(11) < b.slice(11) ? -1 : 1))
      .join("\n"),
  );
  for (const line of outcomeOf(totals, seconds)) print(line);
}

function outcomeOf({ schedules, steps, failed, crashed }: Totals, seconds: number): string[] {
  const speed = (schedules / seconds).toFixed(1);
  const mutant = options.mutant === undefined ? "" : ` --mutant ${options.mutant}`;
  return [
    `${schedules} schedules from seed ${options.from} on, ${steps} steps, ${seconds.toFixed(1)} s, ${speed} schedules/s, ${failed.length} failed`,
    ...crashed,
    ...failed.map(({ seed, findings }) =>
      [`seed ${seed} failed; npm run sim -- --seed ${seed}${mutant} prints each step:`, ...findings].join("\n  "),
    ),
  ];
}

/** Runs every mutant: the simulation must catch each, or finding nothing proves nothing. */
async function catchMutants(): Promise<void> {
  const lines: string[] = [];
  let survivors = 0;
  let isBroken = false;
  const report = (line: string) => (lines.push(line), print(line));
  for (const name of Object.keys(MUTANTS) as MutantName[]) {
    const startMs = performance.now();
    const bounds: Options = { ...options, mutant: name, schedules: MUTANT_SCHEDULES, processes: 1 };
    const { failed, schedules, crashed } = await runInProcesses(bounds, () => {});
    const [first] = failed;
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    if (first)
      report(`${name}: caught at seed ${first.seed}, after ${schedules} schedules and ${seconds} s: ${first.findings[0]}`);
    else {
      survivors += 1;
      report(`${name} SURVIVED (${MUTANTS[name].breaks})`);
    }
    for (const each of crashed) report(each);
    isBroken ||= crashed.length > 0;
  }
  if (!options.isCi && !isBroken) writeReport("mutants", commandLine(), printed(lines));
  process.exitCode = survivors > 0 ? 1 : 0;
}

function commandLine(): string {
  return ["npm run sim", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" ");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

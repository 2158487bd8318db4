import { printed, writeReport } from "../../bench/write-report.ts";
import { missing } from "./coverage.ts";
import { type PartSummary, runInProcesses, type Whole } from "./processes.ts";
import { loadSources } from "./loader.ts";
import { type MutantName, MUTANTS } from "./mutants.ts";
import { isReported, type Options, readOptions } from "./options.ts";
import { takeOver } from "./engine/globals.ts";

/** Schedules in which a mutant has to be found. */
const MUTANT_SCHEDULES = 400;
const PROGRESS_MS = 5_000;

const options = readOptions(process.argv.slice(2));
if (options.seed !== undefined) await tellOne(options.seed);
else if (options.isPart) await runPart();
else if (options.isMutants) await findMutants();
else await runAll();

/** One schedule, step by step. */
async function tellOne(seed: number): Promise<void> {
  simulate();
  const { replay } = await import("./campaign.ts");
  const { findings, trace, steps } = await replay(seed);
  say([...(trace ?? []), `seed ${seed}: ${steps} steps, ${findings.length} findings`, ...findings].join("\n"));
  process.exitCode = findings.length > 0 ? 1 : 0;
}

/** The schedules of one process; each line that it writes is a summary for the process that began it. */
async function runPart(): Promise<void> {
  simulate();
  const { runCampaign } = await import("./campaign.ts");
  let toldMs = 0;
  await runCampaign(options, ({ schedules, steps, met, failed }) => {
    const isLast = schedules === options.schedules || failed !== undefined;
    if (!isLast && performance.now() - toldMs < 200) return;
    toldMs = performance.now();
    const part: PartSummary = {
      schedules,
      steps,
      met: [...met],
      failed: failed && { seed: failed.seed, findings: failed.findings },
    };
    say(JSON.stringify(part));
  });
}

/** A planted bug counts for the whole process, so it is there before the first of the sources is read. */
function simulate(): void {
  loadSources(options.mutant && MUTANTS[options.mutant]);
  takeOver();
}

async function runAll(): Promise<void> {
  const begunMs = performance.now();
  let toldMs = begunMs;
  const whole = await runInProcesses(options, ({ schedules, steps }) => {
    if (performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    say(`${schedules} schedules, ${steps} steps`);
  });
  const seconds = (performance.now() - begunMs) / 1_000;
  tellSummary(whole, seconds);
  if (isReported(options, whole.schedules)) writeReport("simulation", commandLine(), printed(outcomeOf(whole, seconds)));
  const unmet = options.isCi ? missing(whole.met) : [];
  for (const what of unmet) say(`never met: ${what}`);
  const isGood = whole.failed.length === 0 && whole.broken.length === 0 && unmet.length === 0;
  process.exitCode = isGood ? 0 : 1;
}

function tellSummary(whole: Whole, seconds: number): void {
  say(
    [...whole.met]
      .map(([what, times]) => `  ${String(times).padStart(9)}  ${what}`)
      .toSorted((a, b) => (a.slice(11) < b.slice(11) ? -1 : 1))
      .join("\n"),
  );
  for (const line of outcomeOf(whole, seconds)) say(line);
}

function outcomeOf({ schedules, steps, failed, broken }: Whole, seconds: number): string[] {
  const speed = (schedules / seconds).toFixed(1);
  const planted = options.mutant === undefined ? "" : ` --mutant ${options.mutant}`;
  return [
    `${schedules} schedules from seed ${options.from} on, ${steps} steps, ${seconds.toFixed(1)} s, ${speed} schedules/s, ${failed.length} failed`,
    ...broken,
    ...failed.map(({ seed, findings }) =>
      [`seed ${seed} broke a promise; npm run sim -- --seed ${seed}${planted} tells each step:`, ...findings].join("\n  "),
    ),
  ];
}

/** Every planted bug has to be found, or what finds none proves nothing. */
async function findMutants(): Promise<void> {
  const lines: string[] = [];
  let survivors = 0;
  const tell = (line: string) => (lines.push(line), say(line));
  for (const name of Object.keys(MUTANTS) as MutantName[]) {
    const begunMs = performance.now();
    const bounds: Options = { ...options, mutant: name, schedules: MUTANT_SCHEDULES, processes: 1 };
    const { failed, schedules, broken } = await runInProcesses(bounds, () => {});
    const [first] = failed;
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(1);
    if (first) tell(`${name}: caught at seed ${first.seed}, after ${schedules} schedules and ${seconds} s: ${first.findings[0]}`);
    else {
      survivors += 1;
      tell(`${name} SURVIVED (${MUTANTS[name].breaks})`);
    }
    for (const each of broken) tell(each);
  }
  if (!options.isCi) writeReport("mutants", commandLine(), printed(lines));
  process.exitCode = survivors > 0 ? 1 : 0;
}

function commandLine(): string {
  return ["npm run sim", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" ");
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

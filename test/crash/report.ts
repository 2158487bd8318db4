import { printed, writeReport } from "../../bench/write-report.ts";
import type { WorkerProcess } from "./worker-process.ts";
import type { RunOptions } from "./options.ts";
import type { FalsifiedCopies } from "./checks/falsify.ts";
import type { Workload } from "./clients/workload.ts";

const MAX_SHOWN = 40;
export const MIN_ACKNOWLEDGED = 100;
const MIN_FALSIFIED = 12;

/** Prints a line of progress. */
export function showProgress({ counts }: Workload, { kills }: WorkerProcess, seconds: number): void {
  console.log(
    `${seconds.toFixed(0).padStart(4)} s · ${kills} kills · ${counts.requests} requests · ${counts.acknowledged} acknowledged`,
  );
}

/** The result of the checks after the clients finished. */
export interface CheckResult {
  /** Reservations at quiescence: a run without any proves little about them. */
  reserved: number;
  findings: string[];
  /** Absent if there are findings. */
  falsified: FalsifiedCopies | undefined;
}

interface Report {
  options: RunOptions;
  workload: Workload;
  worker: WorkerProcess;
  result: CheckResult;
  seconds: number;
}

/** Prints what a run did and what it found. @returns whether it found nothing and would have found something */
export function printReport({ options, workload, worker, result, seconds }: Report): boolean {
  const { requests, acknowledged, refused, retried, unanswered } = workload.counts;
  const { reserved, falsified } = result;
  const findings = [
    ...result.findings,
    ...(falsified?.missed ?? []).map((what) => `no check finds ${what}`),
    ...tooFew({ kills: [worker.kills, options.minKills], ...minima(workload, result) }),
  ];
  const lines: [string, string | number][] = [
    ["seed", options.seed],
    ["mutant", options.mutant ?? "none"],
    ["kills", `${worker.kills}, with ${worker.interrupted} requests in flight`],
    ["requests", requests],
    ["acknowledged", acknowledged],
    ["refused", refused],
    ["retried", `${retried} (${listed(unanswered)})`],
    ["faults", listed(worker.faults)],
    ["clock", `shifted by ${(worker.shiftMs / 60_000).toFixed(0)} minutes in all, by the wrapper, with the alarms`],
    ["reserved", `${reserved} reservations at quiescence; none may remain an hour later`],
    [
      "checks",
      falsified
        ? `${falsified.found} falsified copies were found, ${falsified.without.length} had nothing to falsify`
        : "not tested",
    ],
    ["took", `${seconds.toFixed(1)} s`],
    ["findings", findings.length || "none"],
  ];
  const report = [
    ...lines.map(([name, value]) => `${name.padEnd(13)} ${value}`),
    ...findings.slice(0, MAX_SHOWN).map((finding) => `  ${finding}`),
    ...(findings.length > MAX_SHOWN ? [`  and ${findings.length - MAX_SHOWN} more`] : []),
  ];
  for (const line of report) console.log(line);
  if (options.isReported) writeReport("crash", `npm run test:crash -- --seed ${options.seed}`, printed(report));
  return findings.length === 0;
}

/** The minimum counts below which a run proves nothing. Falsified copies exist only if the state has no findings. */
function minima({ counts }: Workload, { reserved, falsified }: CheckResult): Record<string, [number: number, least: number]> {
  const copies = falsified && { "falsified copies": [falsified.found, MIN_FALSIFIED] satisfies [number, number] };
  return { "acknowledged writes": [counts.acknowledged, MIN_ACKNOWLEDGED], reservations: [reserved, 1], ...copies };
}

function tooFew(counted: Record<string, [number: number, least: number]>): string[] {
  return Object.entries(counted).flatMap(([what, [number, least]]) =>
    number < least ? [`only ${number} ${what}: the run proves nothing below ${least}`] : [],
  );
}

function listed(counts: Record<string, number>): string {
  const kinds = Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return kinds.map(([kind, times]) => `${kind} ${times}`).join(", ") || "none";
}

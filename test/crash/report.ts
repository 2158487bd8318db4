import { printed, writeReport } from "../../bench/write-report.ts";
import type { Lives } from "./worker-process.ts";
import type { RunOptions } from "./options.ts";
import type { Tried } from "./checks/falsify.ts";
import type { World } from "./clients/workload.ts";

const MAX_SHOWN = 40;
const MIN_ACKNOWLEDGED = 100;
const MIN_FALSIFIED = 12;

/** One line in which a terminal sees that it goes on. */
export function showProgress({ counts }: World, { kills }: Lives, seconds: number): void {
  console.log(
    `${seconds.toFixed(0).padStart(4)} s · ${kills} kills · ${counts.requests} requests · ${counts.acknowledged} acknowledged`,
  );
}

/** What was found when clients were done. */
export interface Looked {
  /** Reservations that stood when all was quiet: a run without any proves little about their owners. */
  reserved: number;
  findings: string[];
  /** Absent where there are findings. */
  tried: Tried | undefined;
}

interface Report {
  options: RunOptions;
  world: World;
  lives: Lives;
  looked: Looked;
  seconds: number;
}

/** Prints what a run did and what it found. @returns whether it found nothing and would have found something */
export function printReport({ options, world, lives, looked, seconds }: Report): boolean {
  const { requests, acknowledged, refused, retried, again } = world.counts;
  const { reserved, tried } = looked;
  const findings = [
    ...looked.findings,
    ...(tried?.unseen ?? []).map((what) => `no check sees ${what}`),
    ...tooFew({ kills: [lives.kills, options.minKills], ...minima(world, looked) }),
  ];
  const lines: [string, string | number][] = [
    ["seed", options.seed],
    ["planted", options.mutant ?? "nothing"],
    ["kills", `${lives.kills}, with ${lives.cutOff} requests in flight`],
    ["requests", requests],
    ["acknowledged", acknowledged],
    ["refused", refused],
    ["retried", `${retried} (${listed(again)})`],
    ["faults", listed(lives.faults)],
    ["clock", `shifted by ${(lives.shiftMs / 60_000).toFixed(0)} minutes in all, by the run's wrapper; alarms rang by it`],
    ["reserved", `${reserved} reservations when all was quiet, none may be left an hour later`],
    [
      "checks",
      tried ? `${tried.found} falsified copies were found out, ${tried.without.length} had nothing to falsify` : "not tried",
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

/** What a run that proves something has some of; the falsified copies need a state that is right otherwise. */
function minima({ counts }: World, { reserved, tried }: Looked): Record<string, [number: number, least: number]> {
  const falsified = tried && { "falsified copies": [tried.found, MIN_FALSIFIED] satisfies [number, number] };
  return { "acknowledged writes": [counts.acknowledged, MIN_ACKNOWLEDGED], reservations: [reserved, 1], ...falsified };
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

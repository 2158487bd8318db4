import type { Lives } from "./lives.ts";
import type { RunOptions } from "./options.ts";
import type { World } from "./world.ts";

const MAX_SHOWN = 40;

/** One line in which a terminal sees that it goes on. */
export function showProgress({ counts }: World, { kills }: Lives, seconds: number): void {
  console.log(
    `${seconds.toFixed(0).padStart(4)} s · ${kills} kills · ${counts.requests} requests · ${counts.acknowledged} acknowledged`,
  );
}

interface Report {
  options: RunOptions;
  world: World;
  lives: Lives;
  findings: readonly string[];
  seconds: number;
}

/** Prints what a run did and what it found. */
export function printReport({ options, world, lives, findings, seconds }: Report): void {
  const { requests, acknowledged, refused, retried, again } = world.counts;
  const lines: [string, string | number][] = [
    ["seed", options.seed],
    ["kills", lives.kills],
    ["requests", requests],
    ["acknowledged", acknowledged],
    ["refused", refused],
    ["retried", `${retried} (${listed(again)})`],
    ["faults", listed(lives.faults)],
    ["clock", `shifted by ${(lives.shiftMs / 60_000).toFixed(1)} minutes in all, by the run's wrapper; alarms rang by it`],
    ["took", `${seconds.toFixed(1)} s`],
    ["findings", findings.length],
  ];
  for (const [name, value] of lines) console.log(`${name.padEnd(13)} ${value}`);
  for (const finding of findings.slice(0, MAX_SHOWN)) console.log(`  ${finding}`);
  if (findings.length > MAX_SHOWN) console.log(`  and ${findings.length - MAX_SHOWN} more`);
}

function listed(counts: Record<string, number>): string {
  const kinds = Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return kinds.map(([kind, times]) => `${kind} ${times}`).join(", ") || "none";
}

import { LARGE, SMALL } from "./configurations.ts";
import { RULE_NAMES, type RuleName, RULES } from "./rules.ts";
import { search } from "./search.ts";
import { shelf } from "./shelf.ts";

/** No configuration has as many states. */
const LIMIT = 5_000_000;

let isGood = true;
for (const configuration of [...SMALL, ...LARGE]) {
  const startMs = performance.now();
  const { states, isComplete, violation } = search(shelf(configuration), LIMIT);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  print(`${String(states).padStart(9)} states  ${seconds.padStart(5)} s  ${configuration.name}`);
  if (violation) print(`  ${violation.problem}`, ...violation.schedule.map((step) => `    ${step}`));
  if (!isComplete) isGood = false;
}
for (const rule of RULE_NAMES) {
  const violation = shortestWithout(rule);
  print("", `Without "${rule}" (${RULES[rule]}):`, `  ${violation?.problem ?? "NOTHING IS VIOLATED"}`);
  print(...(violation?.schedule ?? []).map((step) => `    ${step}`));
  if (!violation) isGood = false;
}
process.exitCode = isGood ? 0 : 1;

/** The shortest schedule that violates something without a rule, in any of the small configurations. */
function shortestWithout(rule: RuleName): { problem: string; schedule: string[] } | undefined {
  return SMALL.map((configuration) => search(shelf(configuration, rule), LIMIT).violation)
    .filter((violation) => violation !== undefined)
    .toSorted((a, b) => a.schedule.length - b.schedule.length)[0];
}

function print(...lines: string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

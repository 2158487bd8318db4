import { parseArgs } from "node:util";
import { type MutantName, MUTANTS } from "../sim/mutants.ts";

/** The options of a run. */
export interface RunOptions {
  seed: number;
  /** How long clients run, in seconds. */
  seconds: number;
  /** The minimum number of kills. */
  minKills: number;
  clients: number;
  /** The mutant to run. */
  mutant: MutantName | undefined;
  /** Whether the run writes a report: the long form of the unchanged code. */
  isReported: boolean;
}

const LONG = { seconds: 200, minKills: 20, clients: 12 };
/** The time of one kill with its restart, to derive `minKills` from a given length. */
const SECONDS_PER_KILL = 10;
const SHORT = { seconds: 26, minKills: 5, clients: 10 };

/** Parses the command line. @throws TypeError for an unknown option or an invalid value */
export function readOptions(args: readonly string[]): RunOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      seed: { type: "string" },
      seconds: { type: "string" },
      mutant: { type: "string" },
    },
  });
  const form = values.short ? SHORT : LONG;
  const seconds = numberOf(values.seconds) ?? form.seconds;
  const minKills = values.seconds === undefined ? form.minKills : Math.floor(seconds / SECONDS_PER_KILL);
  const mutant = mutantOf(values.mutant);
  const isReported = !values.short && mutant === undefined && seconds >= LONG.seconds;
  return { ...form, seconds, minKills, seed: numberOf(values.seed) ?? Date.now() % 1_000_000, mutant, isReported };
}

function mutantOf(name: string | undefined): MutantName | undefined {
  const names = Object.keys(MUTANTS) as MutantName[];
  const mutant = names.find((each) => each === name);
  if (name !== undefined && !mutant) throw new TypeError(`unknown mutant ${name}; known are ${names.join(", ")}`);
  return mutant;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`${text} is not a whole number`);
  return number;
}

import { parseArgs } from "node:util";
import { type MutantName, MUTANTS } from "../sim/mutants.ts";

/** How a run is to be. */
export interface RunOptions {
  seed: number;
  /** For how long clients act, in seconds. */
  seconds: number;
  /** Workerd is killed at least so often. */
  minKills: number;
  clients: number;
  /** A bug to plant, by its name. */
  mutant: MutantName | undefined;
  /** Whether it is the long form, of the code as it is: its report is kept. */
  isReported: boolean;
}

const LONG = { seconds: 200, minKills: 20, clients: 12 };
/** What a life takes, its start among it, where nothing else says how often to kill. */
const SECONDS_A_KILL = 10;
const SHORT = { seconds: 26, minKills: 5, clients: 10 };

/** Reads what the command line says. @throws TypeError for what it does not know */
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
  const minKills = values.seconds === undefined ? form.minKills : Math.floor(seconds / SECONDS_A_KILL);
  const mutant = mutantOf(values.mutant);
  const isReported = !values.short && mutant === undefined && seconds >= LONG.seconds;
  return { ...form, seconds, minKills, seed: numberOf(values.seed) ?? Date.now() % 1_000_000, mutant, isReported };
}

function mutantOf(name: string | undefined): MutantName | undefined {
  const names = Object.keys(MUTANTS) as MutantName[];
  const found = names.find((each) => each === name);
  if (name !== undefined && !found) throw new TypeError(`${name} is none of ${names.join(", ")}`);
  return found;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`${text} is not a whole number`);
  return number;
}

import { parseArgs } from "node:util";
import { type MutantName, MUTANTS } from "./mutants.ts";

/** What a run is asked for. */
export interface Options {
  /** One schedule, told step by step. */
  seed: number | undefined;
  from: number;
  schedules: number;
  seconds: number;
  /** Processes that share the schedules. */
  processes: number;
  mutant: MutantName | undefined;
  /** Every mutant has to be found. */
  isMutants: boolean;
  /** The short form, which CI runs: everything that a campaign has to meet has to be met, and no report is kept. */
  isCi: boolean;
  /** A process of a campaign, which tells its summary to another. */
  isPart: boolean;
  every: number;
}

/** The short form: as many schedules as two cores run in little more than a minute, the same each time. */
const CI_SCHEDULES = 2_000;
const CI_SECONDS = 90;
const SCHEDULES = 500;
const SECONDS = 3_600;
const PROCESSES = 2;

/** @throws Error for an option that is unknown or no number */
export function readOptions(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const numbers = { seed: text, from: text, schedules: text, seconds: text, processes: text, every: text };
  const options = { ...numbers, mutant: text, mutants: flag, ci: flag, part: flag };
  const { values } = parseArgs({ args: [...args], options, strict: true });
  const isEndless = values.seconds !== undefined && values.schedules === undefined;
  return {
    seed: values.seed === undefined ? undefined : numberOf("seed", values.seed, 0),
    from: numberOf("from", values.from, 1),
    schedules: isEndless ? Infinity : numberOf("schedules", values.schedules, values.ci ? CI_SCHEDULES : SCHEDULES),
    seconds: numberOf("seconds", values.seconds, values.ci ? CI_SECONDS : SECONDS),
    processes: numberOf("processes", values.processes, PROCESSES),
    every: numberOf("every", values.every, 1),
    mutant: values.mutant === undefined ? undefined : mutantOf(values.mutant),
    isMutants: values.mutants,
    isCi: values.ci,
    isPart: values.part,
  };
}

/** Whether a campaign is one whose report is kept: of the code as it is, and no shorter than the normal form. */
export function isReported({ isCi, mutant }: Options, schedules: number): boolean {
  return !isCi && mutant === undefined && schedules >= SCHEDULES;
}

function numberOf(name: string, value: string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} has to be a whole number, not ${value}`);
  return number;
}

function mutantOf(name: string): MutantName {
  const names = Object.keys(MUTANTS) as MutantName[];
  const found = names.find((each) => each === name);
  if (!found) throw new Error(`there is no mutant ${name}; there are ${names.join(", ")}`);
  return found;
}

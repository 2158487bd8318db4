import { parseArgs } from "node:util";
import { type MutantName, MUTANTS } from "./mutants.ts";

/** The options of a run. */
export interface Options {
  /** Run this schedule alone and print its steps. */
  seed: number | undefined;
  from: number;
  schedules: number;
  seconds: number;
  /** Number of processes that share the schedules. */
  processes: number;
  mutant: MutantName | undefined;
  /** Run every mutant; each must be caught. */
  isMutants: boolean;
  /** The short form, which CI runs: fails if a required situation was not reached, and writes no report. */
  isCi: boolean;
  /** Run as a child process of a campaign, which prints summaries for its parent. */
  isPart: boolean;
  every: number;
}

/** The short form: the same seeds each time, as many as two cores run in a minute. The time limit allows for a busy machine. */
const CI_SCHEDULES = 2_000;
const CI_SECONDS = 600;
const SCHEDULES = 500;
const SECONDS = 3_600;
const PROCESSES = 2;

/** @throws Error for an unknown option or a value that is not a whole number */
export function readOptions(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const numbers = { seed: text, from: text, schedules: text, seconds: text, processes: text, every: text };
  const options = { ...numbers, mutant: text, mutants: flag, ci: flag, part: flag };
  const { values } = parseArgs({ args: [...args], options, strict: true });
  const isTimed = values.seconds !== undefined && values.schedules === undefined;
  return {
    seed: values.seed === undefined ? undefined : numberOf("seed", values.seed, 0),
    from: numberOf("from", values.from, 1),
    schedules: isTimed ? Infinity : numberOf("schedules", values.schedules, values.ci ? CI_SCHEDULES : SCHEDULES),
    seconds: numberOf("seconds", values.seconds, values.ci ? CI_SECONDS : SECONDS),
    processes: numberOf("processes", values.processes, PROCESSES),
    every: numberOf("every", values.every, 1),
    mutant: values.mutant === undefined ? undefined : mutantOf(values.mutant),
    isMutants: values.mutants,
    isCi: values.ci,
    isPart: values.part,
  };
}

/** Whether a campaign writes a report: only one of the unchanged code, and not shorter than the normal form. */
export function isReported({ isCi, mutant }: Options, schedules: number): boolean {
  return !isCi && mutant === undefined && schedules >= SCHEDULES;
}

function numberOf(name: string, value: string | undefined, fallback: number): number {
  const number = value === undefined ? fallback : Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} must be a whole number, not ${value}`);
  return number;
}

function mutantOf(name: string): MutantName {
  const names = Object.keys(MUTANTS) as MutantName[];
  const mutant = names.find((each) => each === name);
  if (!mutant) throw new Error(`unknown mutant ${name}; known are ${names.join(", ")}`);
  return mutant;
}

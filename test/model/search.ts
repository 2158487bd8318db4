/** One thing that can happen. `run` changes the state that it is given, and is called only where `can` is true. */
export interface Step<State> {
  name: string;
  /** Whether it happens by itself in the end, although every Worker has died: alarms, the sweep, and what they send. */
  isRecovery: boolean;
  can: (state: State) => boolean;
  run: (state: State) => void;
}

export interface Model<State> {
  start: State;
  steps: readonly Step<State>[];
  encode: (state: State) => string;
  decode: (code: string) => State;
  copy: (state: State) => State;
  /** What is wrong in a state, or `undefined`. */
  problemOf: (state: State) => string | undefined;
  /** What is wrong in a state in which nothing is left to recover. */
  problemAtRest: (state: State) => string | undefined;
}

export interface Outcome {
  states: number;
  /** False where the search ended at its limit. */
  isComplete: boolean;
  violation: { problem: string; schedule: string[] } | undefined;
}

/** No recovery takes as many steps; one that does goes round in circles. */
const MAX_RECOVERY = 100;

/**
 * Visits every state that can be reached, nearest first, and stops at the first problem: its schedule is one of the shortest. From every
 * state it also lets everything die but alarms and sweep, and checks where they come to rest.
 */
export function search<State>(model: Model<State>, limit: number): Outcome {
  const codes = [model.encode(model.start)];
  const numbers = new Map(codes.map((code, number) => [code, number]));
  const parents = [-1];
  for (let number = 0; number < codes.length && codes.length <= limit; number++) {
    const state = model.decode(codes[number] ?? "");
    const found = problemIn(model, state);
    if (found) {
      const schedule = [...scheduleTo(model, codes, parents, number), ...found.recovery];
      return { states: codes.length, isComplete: false, violation: { problem: found.problem, schedule } };
    }
    for (const step of model.steps) {
      if (!step.can(state)) continue;
      const next = nextCode(model, state, step);
      if (numbers.has(next)) continue;
      numbers.set(next, codes.length);
      codes.push(next);
      parents.push(number);
    }
  }
  return { states: codes.length, isComplete: codes.length <= limit, violation: undefined };
}

function nextCode<State>(model: Model<State>, state: State, step: Step<State>): string {
  const next = model.copy(state);
  step.run(next);
  return model.encode(next);
}

function problemIn<State>(model: Model<State>, state: State): { problem: string; recovery: string[] } | undefined {
  const problem = model.problemOf(state);
  if (problem !== undefined) return { problem, recovery: [] };
  const resting = model.copy(state);
  const recovery = recover(model, resting);
  const afterwards = model.problemOf(resting) ?? model.problemAtRest(resting);
  return afterwards === undefined ? undefined : { problem: afterwards, recovery };
}

/** Lets alarms and sweep run alone until nothing is left for them. @returns their steps */
function recover<State>(model: Model<State>, state: State): string[] {
  const names: string[] = [];
  for (;;) {
    const step = model.steps.find(({ isRecovery, can }) => isRecovery && can(state));
    if (!step) return names;
    step.run(state);
    names.push(`(recovery) ${step.name}`);
    if (names.length > MAX_RECOVERY) return names;
  }
}

/** The names of the steps that lead to a state, found again by repeating them. */
function scheduleTo<State>(model: Model<State>, codes: readonly string[], parents: readonly number[], number: number): string[] {
  const names: string[] = [];
  for (let to = number, from = parents[to] ?? -1; from >= 0; to = from, from = parents[to] ?? -1) {
    const state = model.decode(codes[from] ?? "");
    const step = model.steps.find((each) => each.can(state) && nextCode(model, state, each) === codes[to]);
    names.push(step?.name ?? "?");
  }
  return names.toReversed();
}

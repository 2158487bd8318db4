import { actionSteps } from "./action-steps.ts";
import { countSteps } from "./count-steps.ts";
import { cutSteps } from "./cut-steps.ts";
import { problemAtRest, problemOf } from "./invariants.ts";
import { closingSteps, orderSteps } from "./order-steps.ts";
import type { RuleName } from "./rules.ts";
import type { Model } from "./search.ts";
import { type Configuration, copyOf, decoder, encode, startOf, type State, type World } from "./state.ts";
import { worldSteps } from "./world-steps.ts";

/** The model of one product's shelf. @param without the one rule that is left out */
export function shelf(configuration: Configuration, without?: RuleName): Model<State> {
  const world: World = { ...configuration, keeps: (rule) => rule !== without };
  const closing = world.actions.flatMap(({ kind }, action) => (kind === "end" ? closingSteps(world, action) : []));
  return {
    start: startOf(world),
    steps: [
      ...world.orders.flatMap((_, order) => orderSteps(world, order)),
      ...closing,
      ...world.actions.flatMap((_, action) => actionSteps(world, action)),
      ...world.counts.flatMap((_, count) => countSteps(world, count)),
      ...(world.counts.some(({ keepOldest }) => keepOldest) ? cutSteps(world) : []),
      ...worldSteps(world),
    ],
    encode,
    decode: decoder(world),
    copy: copyOf,
    problemOf: (state) => problemOf(world, state),
    problemAtRest: (state) => problemAtRest(world, state),
  };
}

import { adopt } from "./action-steps.ts";
import type { Step } from "./search.ts";
import { partOf, type State, type World } from "./state.ts";
import { onShelf } from "./sums.ts";

/** What nobody asks for: the shelf changes by itself, and the object starts to run the new release, which turns old sales into allocations. */
export function worldSteps(world: World): Step<State>[] {
  const drifts = world.drifts.length;
  const upgrade: Step<State>[] = [
    {
      name: "the object runs the new release",
      isRecovery: true,
      can: (state) => state.isOld > 0,
      run: (state) => void (state.isOld = 0),
    },
    {
      name: "the object runs the old release again",
      isRecovery: false,
      can: (state) => state.isOld === 0 && !world.keeps("no way back"),
      run: (state) => void (state.isOld = 1),
    },
    ...world.orders.map((_, order): Step<State> => ({
      name: `order ${order}: the object makes its sale an allocation`,
      isRecovery: false,
      can: (state) => state.isOld === 0 && partOf(state.orders, order).sale > 0 && world.keeps("sales become allocations"),
      run: (state) => adopt(world, state, order),
    })),
  ];
  const drift: Step<State> = {
    name: "units appear on the shelf, or are gone, unseen",
    isRecovery: false,
    can: (state) => state.drift < drifts && onShelf(world, state) + partOf(world.drifts, state.drift) >= 0,
    run: (state) => void (state.drift += 1),
  };
  return [...(world.isUpgrade ? upgrade : []), ...(drifts > 0 ? [drift] : [])];
}

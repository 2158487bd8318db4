import { deallocate } from "./action-steps.ts";
import type { Step } from "./search.ts";
import { partOf, type State, STATUS, type World } from "./state.ts";
import { allocatedIn, claimOf } from "./sums.ts";

/** How far a cut has come: decided by D1, then carried out by the object, which says how much of it was not needed. */
const CUT = { none: 0, decided: 1, taken: 2 } as const;

/** How the newest orders lose units that a count found missing: the object says how many, D1 whose, and the object how many it took. */
export function cutSteps(world: World): Step<State>[] {
  if (!world.keeps("D1 cuts"))
    return [
      { name: "the object tells D1 whose units it took", isRecovery: true, can: (state) => state.cutPhase > 0, run: tellD1 },
    ];
  const most = world.orders.reduce((sum, { units }) => sum + units, 0);
  return [
    {
      name: "the object tells D1 by how many units it is short",
      isRecovery: true,
      can: (state) => shortBy(state) > 0 && (state.asked & (1 << shortBy(state))) === 0,
      run: (state) => void (state.asked |= 1 << shortBy(state)),
    },
    {
      name: "D1 takes that many from the newest orders, and records the cut",
      isRecovery: true,
      can: (state) => shortBy(state) > 0 && canCut(world, state, shortBy(state)),
      run: (state) => cut(world, state, shortBy(state)),
    },
    ...Array.from({ length: most }, (_, index): Step<State> => ({
      name: `D1, told late or again, takes ${index + 1} from the newest orders, and records the cut`,
      isRecovery: false,
      can: (state) => canCut(world, state, index + 1),
      run: (state) => cut(world, state, index + 1),
    })),
    {
      name: "the object carries out the cut, as far as it is short",
      isRecovery: true,
      can: (state) => state.cutPhase === CUT.decided,
      run: (state) => carryOut(world, state),
    },
    {
      name: "D1 gives back what the object did not take, and deletes the cut",
      isRecovery: true,
      can: (state) => state.cutPhase === CUT.taken,
      run: (state) => {
        for (const order of state.orders) {
          order.cut -= order.cutOwed;
          order.cutOwed = 0;
        }
        state.cutPhase = CUT.none;
      },
    },
  ];
}

function shortBy(state: State): number {
  return allocatedIn(state) - Math.max(state.onHand, 0);
}

/** Only one cut is open at a time. */
function canCut(world: World, state: State, units: number): boolean {
  const isAsked = (state.asked & (1 << units)) > 0 && state.cutPhase === CUT.none;
  return isAsked && state.orders.some((_, order) => cuttable(world, state, order) > 0);
}

function cuttable(world: World, state: State, order: number): number {
  return partOf(state.orders, order).status === STATUS.live ? claimOf(world, state, order) : 0;
}

function cut(world: World, state: State, units: number): void {
  let rest = units;
  for (let order = state.orders.length - 1; order >= 0; order--) {
    const taken = Math.min(rest, cuttable(world, state, order));
    partOf(state.orders, order).cut += taken;
    partOf(state.orders, order).cutOwed += taken;
    rest -= taken;
  }
  state.cutPhase = CUT.decided;
  if (!world.keeps("on hand falls first")) state.asked = 0;
}

function carryOut(world: World, state: State): void {
  const isLimited = world.keeps("no more than is missing") && world.keeps("on hand falls first");
  for (let order = state.orders.length - 1; order >= 0; order--) {
    const part = partOf(state.orders, order);
    const taken = isLimited ? Math.min(part.cutOwed, Math.max(shortBy(state), 0)) : part.cutOwed;
    if (taken > 0) deallocate(world, state, order, taken);
    part.cutOwed -= taken;
  }
  state.cutPhase = CUT.taken;
}

/** The object takes the newest allocations by itself and tells D1 afterwards. @returns false where they are too few */
export function cutAtObject(state: State, missing: number): boolean {
  if (allocatedIn(state) < missing) return false;
  let rest = missing;
  for (const order of state.orders.toReversed()) {
    const taken = Math.min(rest, order.allocated);
    order.allocated -= taken;
    order.cutOwed += taken;
    rest -= taken;
  }
  state.cutPhase = CUT.decided;
  return true;
}

function tellD1(state: State): void {
  for (const order of state.orders) {
    order.cut += order.cutOwed;
    order.cutOwed = 0;
  }
  state.cutPhase = CUT.none;
}

import { deallocate } from "./action-steps.ts";
import type { Step } from "./search.ts";
import { COUNT, partOf, type State, STATUS, type World } from "./state.ts";
import { claimOf, freeIn, moveOnHand, promisedIn } from "./sums.ts";

/** How far a round has come: D1 has decided whose units are cut, and the object has cut them. */
const CUT = { none: 0, decided: 1, taken: 2 } as const;

/**
 * How the newest orders lose the units that a short count found missing, in rounds: the object asks, D1 decides once, the object cuts what D1
 * decided, and takes what is missing off on hand as soon as that many units are free.
 */
export function cutSteps(world: World): Step<State>[] {
  const most = world.orders.reduce((sum, { units }) => sum + units, 0);
  const end: Step<State> = {
    name: "the object takes what is missing off on hand",
    isRecovery: true,
    can: (state) => state.missing > 0 && mayEnd(world, state) && isPossible(state),
    run: endShortage,
  };
  if (!world.keeps("D1 cuts")) return [tellD1, end];
  return [
    end,
    {
      name: "the object asks D1 to cut what is missing and not free",
      isRecovery: true,
      can: (state) => state.cutPhase === CUT.none && state.missing > 0 && (state.asked & (1 << needOf(state))) === 0,
      run: (state) => void (state.asked |= 1 << needOf(state)),
    },
    ...Array.from({ length: most + 1 }, (_, units): Step<State> => ({
      name: `D1 cuts ${units} units of the newest orders`,
      isRecovery: true,
      can: (state) => canCut(world, state) && (state.asked & (1 << units)) > 0,
      run: (state) => cut(world, state, units),
    })),
    {
      name: "the object cuts what D1 decided",
      isRecovery: true,
      can: (state) => state.cutPhase === CUT.decided,
      run: (state) => carryOut(world, state),
    },
    {
      name: "the object begins another round",
      isRecovery: true,
      can: (state) => state.cutPhase === CUT.taken && state.missing > 0 && !isPossible(state) && isWorthAsking(world, state),
      run: nextRound,
    },
  ];
}

/** D1 decides before the object ends a shortage. */
function mayEnd(world: World, { cutPhase }: State): boolean {
  return cutPhase === CUT.taken || !world.keeps("ended by a decision") || !world.keeps("D1 cuts");
}

/** What is missing is free; or nothing is promised any more, so that what is missing has left nevertheless. */
function isPossible(state: State): boolean {
  return freeIn(state) >= state.missing || promisedIn(state) === 0;
}

function needOf(state: State): number {
  return Math.max(state.missing - Math.max(freeIn(state), 0), 0);
}

/** Time is not modelled: a round that would decide what the last one did is left out. */
function isWorthAsking(world: World, state: State): boolean {
  return state.orders.some((_, order) => cuttable(world, state, order) > 0);
}

function canCut(world: World, state: State): boolean {
  if (state.cutPhase === CUT.none) return true;
  return !world.keeps("decided once") && state.orders.some((_, order) => cuttable(world, state, order) > 0);
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
}

function carryOut(world: World, state: State): void {
  for (const [order, part] of state.orders.entries()) {
    if (part.cutOwed > 0) deallocate(world, state, order, part.cutOwed);
    part.cutOwed = 0;
  }
  state.cutPhase = CUT.taken;
  if (world.keeps("decided once")) state.asked = 0;
}

function nextRound(state: State): void {
  state.cutPhase = CUT.none;
}

function endShortage(state: State): void {
  const taken = Math.min(state.missing, freeIn(state));
  state.found = state.missing - taken;
  moveOnHand(state, -taken);
  state.missing = 0;
  state.cutPhase = CUT.none;
  state.asked = 0;
  for (const count of state.counts) {
    if (count.phase !== COUNT.short) continue;
    state.known = Math.max(state.known, count.seen);
    Object.assign(count, { phase: COUNT.applied, seen: 0 });
  }
}

/** The object takes the newest allocations by itself. @returns false where they are too few */
export function cutAtObject(state: State, missing: number): boolean {
  if (state.orders.reduce((sum, { allocated }) => sum + allocated, 0) < missing) return false;
  let rest = missing;
  for (const order of state.orders.toReversed()) {
    const taken = Math.min(rest, order.allocated);
    order.allocated -= taken;
    order.cutOwed += taken;
    rest -= taken;
  }
  return true;
}

const tellD1: Step<State> = {
  name: "the object tells D1 whose units it took",
  isRecovery: true,
  can: (state) => state.orders.some(({ cutOwed }) => cutOwed > 0),
  run: (state) => {
    for (const order of state.orders) {
      order.cut += order.cutOwed;
      order.cutOwed = 0;
    }
  },
};

import { cutAtObject } from "./cut-steps.ts";
import type { Step } from "./search.ts";
import { ACTION, COUNT, type Count, partOf, type State, type World } from "./state.ts";
import { noteMove, onShelf, promisedIn, salesIn } from "./sums.ts";

/** A clerk is shown on hand, looks at the shelf and sends what he counted; the Worker reads D1 and asks the object, which decides once. */
export function countSteps(world: World, index: number): Step<State>[] {
  const of = (state: State): Count => partOf(state.counts, index);
  const named = (text: string) => `count ${index}: ${text}`;
  const isFree = !world.keeps("shown, then looked");
  const { shown, looked, both, none } = COUNT;
  const isAt = (state: State, before: number) => of(state).phase === none || (isFree && of(state).phase === before);
  return [
    {
      name: named("the clerk is shown on hand"),
      isRecovery: false,
      can: (state) => isAt(state, looked),
      run: (state) => {
        Object.assign(of(state), { phase: of(state).phase === none ? shown : both, isMoved: 0 });
        if (!world.keeps("unmoved since shown")) of(state).shown = state.onHand;
      },
    },
    {
      name: named("the clerk looks at the shelf"),
      isRecovery: false,
      can: (state) => of(state).phase === shown || (isFree && of(state).phase === none),
      run: (state) => {
        const phase = of(state).phase === none ? looked : both;
        Object.assign(of(state), { phase, counted: onShelf(world, state), seen: state.drift });
      },
    },
    {
      name: named("the Worker reads what is pending in D1"),
      isRecovery: false,
      can: (state) => of(state).phase === both,
      run: (state) =>
        Object.assign(of(state), { phase: COUNT.sent, waits: world.keeps("pending first") ? pendingIn(world, state) : 0 }),
    },
    {
      name: named("the object decides"),
      isRecovery: false,
      can: (state) => of(state).phase === COUNT.sent && of(state).waits === 0 && isReady(world, state),
      run: (state) => decide(world, state, index),
    },
  ];
}

/** Shipments and returns that D1 has recorded and the object may not have carried out, as bits. */
function pendingIn(world: World, state: State): number {
  let bits = 0;
  for (const [index, { kind }] of world.actions.entries()) {
    const { inD1, isApplied } = partOf(state.actions, index);
    if ((kind === "ship" || kind === "return") && inD1 === ACTION.pending && isApplied === 0) bits |= 1 << index;
  }
  return bits;
}

/** The old release's object knows no such count; after it, the Worker has turned every sale into an allocation. */
function isReady(world: World, state: State): boolean {
  return state.isOld === 0 && (salesIn(state) === 0 || !world.keeps("sales become allocations"));
}

function decide(world: World, state: State, index: number): void {
  const count = partOf(state.counts, index);
  const isAsShown = world.keeps("unmoved since shown") ? count.isMoved === 0 : count.shown === state.onHand;
  const { counted, seen } = count;
  const phase = isAsShown ? setOnHand(world, state, counted, index) : COUNT.refused;
  Object.assign(count, { phase, counted: 0, shown: 0, seen: phase === COUNT.short ? seen : 0, isMoved: 0 });
  if (phase === COUNT.applied) Object.assign(state, { known: Math.max(state.known, seen), found: 0 });
}

/** @returns what becomes of the count. A count that changes nothing is a movement, so that an older count is refused after it. */
function setOnHand(world: World, state: State, counted: number, index: number): number {
  const mayCut = partOf(world.counts, index).keepOldest;
  if (state.missing > 0) return COUNT.refused;
  if (promisedIn(state) > counted && mayCut) lapseCarts(world, state);
  const short = promisedIn(state) - counted;
  if (short > 0 && world.keeps("counts keep promises")) {
    if (!mayCut || !canBeShort(world, state, short)) return COUNT.refused;
    state.missing = state.onHand - counted;
    state.missed += short;
    return COUNT.short;
  }
  if (state.onHand !== counted || world.keeps("a count is a move")) noteMove(state);
  state.onHand = counted;
  return COUNT.applied;
}

function canBeShort(world: World, state: State, short: number): boolean {
  return world.keeps("D1 cuts") || cutAtObject(state, short);
}

function lapseCarts(world: World, state: State): void {
  for (const [order, { kind }] of world.orders.entries()) if (kind === "cart") partOf(state.orders, order).rows = 0;
}

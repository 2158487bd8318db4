import { type Action, type ActionPlan, COUNT, type Order, partOf, type State, STATUS, type World } from "./state.ts";

export const reservedIn = (state: State): number => state.orders.reduce((sum, { rows }) => sum + rows, 0);
const allocatedIn = (state: State): number => state.orders.reduce((sum, { allocated }) => sum + allocated, 0);
export const promisedIn = (state: State): number => reservedIn(state) + allocatedIn(state);
export const salesIn = (state: State): number => state.orders.reduce((sum, { sale }) => sum + sale, 0);

/** What nobody has. The old release knows of no allocations. */
export function freeIn(state: State): number {
  return state.onHand - reservedIn(state) - (state.isOld > 0 ? 0 : allocatedIn(state));
}

/** What a buyer may get. */
export function availableIn(world: World, state: State): number {
  return freeIn(state) - (world.keeps("missing units are not for sale") ? state.missing : 0);
}

/** The units of all actions of a kind that fit, of one order or of all. */
export function unitsOf(
  world: World,
  state: State,
  kind: ActionPlan["kind"],
  fits: (action: Action) => boolean,
  order?: number,
): number {
  let sum = 0;
  for (const [index, plan] of world.actions.entries())
    if (plan.kind === kind && (order === undefined || plan.order === order) && fits(partOf(state.actions, index)))
      sum += plan.units;
  return sum;
}

export const isRecorded = ({ inD1 }: Action): boolean => inD1 > 0;
export const isApplied = ({ isApplied: applied }: Action): boolean => applied > 0;

export function isOpen({ status }: Order): boolean {
  return status === STATUS.unpaid || status === STATUS.live;
}

/** The units that D1 still owes the buyer of an order: ordered - shipped - cancelled - cut. */
export function claimOf(world: World, state: State, order: number): number {
  const { cut } = partOf(state.orders, order);
  const gone = unitsOf(world, state, "ship", isRecorded, order) + unitsOf(world, state, "cancel", isRecorded, order);
  return isOpen(partOf(state.orders, order)) ? partOf(world.orders, order).units - gone - cut : 0;
}

/** The units that are on the shelf: parcels leave it when D1 records them, and units that come back are there when D1 records that. */
export function onShelf(world: World, state: State): number {
  const hasLeft = world.keeps("parcels leave when recorded") ? isRecorded : ({ isOffShelf }: Action) => isOffShelf > 0;
  const moved = unitsOf(world, state, "return", isRecorded) - unitsOf(world, state, "ship", hasLeft);
  return world.opening + moved + driftOf(world, state.drift);
}

/** The units that cuts have taken from the hold of an order. */
export function cutTaken(world: World, { cut, cutOwed }: Order): number {
  return world.keeps("D1 cuts") ? cut - cutOwed : cut + cutOwed;
}

/** What the first drifts add up to. */
export function driftOf(world: World, drifts: number): number {
  return world.drifts.slice(0, drifts).reduce((sum, drift) => sum + drift, 0);
}

/** On hand moved: a count that was shown an older number has to know. */
export function moveOnHand(state: State, units: number): void {
  state.onHand += units;
  noteMove(state);
}

export function noteMove(state: State): void {
  for (const count of state.counts) if (count.phase > COUNT.none && count.phase < COUNT.applied) count.isMoved = 1;
}

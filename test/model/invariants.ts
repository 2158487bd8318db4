import { ACTION, partOf, type State, STATUS, type World } from "./state.ts";
import { claimOf, cutTaken, driftOf, isApplied, isOpen, isRecorded, promisedIn, reservedIn, salesIn, unitsOf } from "./sums.ts";

/** What must be true in every state. @returns what is not */
export function problemOf(world: World, state: State): string | undefined {
  if (state.failed > 0) return "FAILED: the hold of a shipment, a cancellation or a cut has too few units";
  return levelProblem(world, state) ?? orderProblem(world, state) ?? claimProblem(world, state);
}

function levelProblem(world: World, state: State): string | undefined {
  const promised = promisedIn(state);
  if (
    state.onHand < 0 ||
    state.missing < 0 ||
    state.orders.some(({ rows, allocated, sale }) => rows < 0 || allocated < 0 || sale < 0)
  )
    return "LEVEL: a number is negative";
  if (promised > state.onHand) return `LEVEL: ${promised} are promised of ${state.onHand} on hand`;
  const moved = unitsOf(world, state, "return", isApplied) - unitsOf(world, state, "ship", isApplied);
  const expected = world.opening + driftOf(world, state.known) + state.found + moved;
  if (state.onHand + salesIn(state) === expected) return undefined;
  return `SHELF: on hand is ${state.onHand}, and ${expected - salesIn(state)} are there`;
}

/** An open order's hold has exactly what the object has not yet shipped or freed; another's has nothing once it has ended. */
function orderProblem(world: World, state: State): string | undefined {
  for (const [index, order] of state.orders.entries()) {
    const isOverReturned = unitsOf(world, state, "return", isRecorded, index) > unitsOf(world, state, "ship", isRecorded, index);
    if (isOverReturned) return `ORDER: more came back than order ${index} was sent`;
    const { rows, allocated, sale } = order;
    const gone = unitsOf(world, state, "ship", isApplied, index) + unitsOf(world, state, "cancel", isApplied, index);
    const expected = partOf(world.orders, index).units - gone - cutTaken(world, order);
    const has = rows + allocated + sale;
    if (isOpen(order) && has !== expected) return `ORDER: the hold of order ${index} has ${has} units, not ${expected}`;
    if (isOpen(order) || has === 0) continue;
    if (unitsOf(world, state, "end", isApplied, index) === 0 && isEndOwed(world, state, index)) continue;
    if (allocated > 0 || sale > 0) return `ORDER: order ${index} is closed, and its hold has ${has} units`;
  }
  return undefined;
}

function isEndOwed(world: World, state: State, order: number): boolean {
  return world.actions.some(
    ({ kind, order: of }, index) => kind === "end" && of === order && partOf(state.actions, index).inD1 > 0,
  );
}

/** No unit is promised twice: what open orders still get, and parcels that the object has not seen leave, are on hand. */
function claimProblem(world: World, state: State): string | undefined {
  const claims = state.orders.reduce((sum, _, order) => sum + claimOf(world, state, order), 0);
  const leaving = unitsOf(world, state, "ship", isRecorded) - unitsOf(world, state, "ship", isApplied);
  const there = state.onHand + salesIn(state) - leaving;
  if (claims > there) return `OVERSOLD: ${claims} units are owed to buyers, and ${there} are there`;
  const cut = state.orders.reduce((sum, order) => sum + order.cut, 0);
  return cut > state.missed ? `CUT: orders lost ${cut} units, and counts missed ${state.missed}` : undefined;
}

/** What must be true once nothing is left to recover. @returns what is not */
export function problemAtRest(world: World, state: State): string | undefined {
  if (state.actions.some(({ inD1 }) => inD1 === ACTION.pending) || state.missing > 0)
    return "REST: an action is pending for ever";
  if (state.orders.some(({ status }) => status === STATUS.unpaid)) return "REST: an order is unpaid";
  if (reservedIn(state) > 0) return "REST: units are reserved";
  for (const [index, { allocated, sale }] of state.orders.entries()) {
    const claim = claimOf(world, state, index);
    if (allocated + sale !== claim) return `REST: order ${index} is owed ${claim} units, and its hold has ${allocated + sale}`;
  }
  const moved = unitsOf(world, state, "return", isRecorded) - unitsOf(world, state, "ship", isRecorded);
  const expected = world.opening + driftOf(world, state.known) + state.found + moved;
  if (state.onHand + salesIn(state) === expected) return undefined;
  return `REST: on hand is ${state.onHand}, and the shelf has ${expected - salesIn(state)}`;
}

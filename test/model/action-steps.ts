import { commit } from "./order-steps.ts";
import type { Step } from "./search.ts";
import { ACTION, type Action, type ActionPlan, type Order, partOf, type State, STATUS, type World } from "./state.ts";
import { claimOf, isOpen, isRecorded, moveOnHand, onShelf, unitsOf } from "./sums.ts";

/** What D1 decides and the object carries out: the record, the call, which may arrive at any time and again, and the end of the action. */
export function actionSteps(world: World, index: number): Step<State>[] {
  const plan = partOf(world.actions, index);
  const of = (state: State): Action => partOf(state.actions, index);
  const name = plan.kind === "end" ? `end of order ${plan.order}` : `${plan.kind} ${index} of order ${plan.order}, ${plan.units}`;
  const carryOut = (state: State) => apply(world, state, index);
  return [
    ...(plan.kind === "end" ? [] : recordSteps(world, index, name)),
    {
      name: `the object carries out ${name}`,
      isRecovery: true,
      can: (state) => of(state).inD1 === ACTION.pending && of(state).isApplied === 0 && canApply(world, state, plan),
      run: carryOut,
    },
    {
      name: `a call that is early, late or repeated: the object carries out ${name}`,
      isRecovery: false,
      can: (state) => mayStray(world, state, index) && canApply(world, state, plan),
      run: carryOut,
    },
    {
      name: `D1 deletes the action ${name}`,
      isRecovery: true,
      can: ({ actions }) => isAcknowledged(world, partOf(actions, index)),
      run: (state) => void (of(state).inD1 = ACTION.finished),
    },
  ];
}

function isAcknowledged(world: World, { inD1, isApplied }: Action): boolean {
  return inD1 === ACTION.pending && (isApplied > 0 || !world.keeps("acknowledged, then deleted"));
}

/** With every rule, a call that the object has not seen belongs to a pending action, and one that it has seen does nothing. */
function mayStray(world: World, state: State, index: number): boolean {
  const { inD1, isApplied } = partOf(state.actions, index);
  const { kind } = partOf(world.actions, index);
  if (isApplied > 0) return kind !== "end" && !world.keeps("once per id");
  if (inD1 === ACTION.finished || inD1 === ACTION.unlisted) return true;
  return inD1 === ACTION.none && kind === "ship" && !world.keeps("D1 before the object") && mayRecord(world, state, index);
}

function recordSteps(world: World, index: number, name: string): Step<State>[] {
  const of = (state: State): Action => partOf(state.actions, index);
  const isLoose = partOf(world.actions, index).kind === "ship" && !world.keeps("parcels leave when recorded");
  const record: Step<State> = {
    name: `D1 records ${name}`,
    isRecovery: false,
    can: (state) => mayRecord(world, state, index) && (!isLoose || of(state).isOffShelf > 0),
    run: (state) => {
      const isListed = partOf(world.actions, index).kind !== "ship" || world.keeps("one batch");
      of(state).inD1 = isListed ? ACTION.pending : ACTION.unlisted;
    },
  };
  const take: Step<State> = {
    name: `the parcel of ${name} leaves the shelf`,
    isRecovery: false,
    can: (state) => mayRecord(world, state, index) && of(state).isOffShelf === 0,
    run: (state) => void (of(state).isOffShelf = 1),
  };
  return isLoose ? [take, record] : [record];
}

/** D1's guard. A parcel is packed only from units that are on the shelf. */
function mayRecord(world: World, state: State, index: number): boolean {
  const { kind, order, units } = partOf(world.actions, index);
  const part = partOf(state.orders, order);
  if (isRecorded(partOf(state.actions, index))) return false;
  const shipped = unitsOf(world, state, "ship", isRecorded, order);
  if (kind === "return") {
    const returned = unitsOf(world, state, "return", isRecorded, order);
    return (
      part.status === STATUS.live && (returned + units <= shipped || (shipped > 0 && !world.keeps("no more back than shipped")))
    );
  }
  const isPossible = kind === "cancel" ? isOpen(part) : part.status === STATUS.live && units <= onShelf(world, state);
  return isPossible && (units <= claimOf(world, state, order) || !world.keeps("no more than ordered"));
}

/** Whether the object can answer: the old release knows neither ships nor cancels. */
function canApply(world: World, state: State, { kind, order }: ActionPlan): boolean {
  if (kind === "return" || kind === "end") return true;
  const part = partOf(state.orders, order);
  if (state.isOld > 0) return false;
  return kind === "ship" || hasUnits(part) || world.keeps("ended is done");
}

function hasUnits({ rows, allocated, sale }: Order): boolean {
  return rows + allocated + sale > 0;
}

function apply(world: World, state: State, index: number): void {
  const { kind, order, units } = partOf(world.actions, index);
  partOf(state.actions, index).isApplied = 1;
  for (const count of state.counts) count.waits &= ~(1 << index);
  if (kind === "return") moveOnHand(state, units);
  else if (kind === "end") end(world, state, order);
  else if (kind === "ship") ship(world, state, order, units);
  else deallocate(world, state, order, units);
}

function end(world: World, state: State, order: number): void {
  adopt(world, state, order);
  const part = partOf(state.orders, order);
  if (part.sale > 0) moveOnHand(state, part.sale);
  part.sale = 0;
  if (state.isOld === 0) part.allocated = 0;
  if (world.keeps("end takes everything")) part.rows = 0;
}

function ship(world: World, state: State, order: number, units: number): void {
  adopt(world, state, order);
  const part = partOf(state.orders, order);
  if (part.sale > 0) {
    part.sale -= units;
    return;
  }
  if (world.keeps("ship commits first")) commit(world, state, order);
  if (part.allocated < units) state.failed = 1;
  part.allocated -= units;
  moveOnHand(state, -units);
}

/** Takes units from a hold that a cancellation or a cut has freed. A hold that has ended has none to take. */
export function deallocate(world: World, state: State, order: number, units: number): void {
  adopt(world, state, order);
  const part = partOf(state.orders, order);
  if (part.sale > 0) {
    part.sale -= units;
    moveOnHand(state, units);
    return;
  }
  if (!hasUnits(part)) return;
  const from = part.rows > 0 && world.keeps("cancelled before the commit") ? "rows" : "allocated";
  if (part[from] < units) state.failed = 1;
  part[from] -= units;
}

/** What the old release sold, and nobody has shipped, becomes an allocation. */
export function adopt(world: World, state: State, order: number): void {
  const part = partOf(state.orders, order);
  if (state.isOld > 0 || part.sale === 0 || !world.keeps("sales become allocations")) return;
  part.allocated += part.sale;
  moveOnHand(state, part.sale);
  part.sale = 0;
}

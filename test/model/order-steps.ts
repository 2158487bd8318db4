import type { Step } from "./search.ts";
import { ACTION, type Order, partOf, type State, STATUS, type World } from "./state.ts";
import { availableIn, moveOnHand, unitsOf, isRecorded } from "./sums.ts";

/**
 * From reserve to commit. A message, once it could have been sent, may arrive at any later time, any number of times or never, so a step
 * asks only whether somebody could have sent it. That is why no Worker and no message is in the state.
 */
export function orderSteps(world: World, order: number): Step<State>[] {
  const { kind, units } = partOf(world.orders, order);
  const of = (state: State): Order => partOf(state.orders, order);
  const named = (text: string) => `order ${order}: ${text}`;
  const mayReserve = (state: State) => of(state).hasReserved === 0 || !world.keeps("an ended hold never reserves");
  const reserve: Step<State> = {
    name: named(`the object reserves ${units}`),
    isRecovery: false,
    can: (state) => mayReserve(state) && of(state).rows === 0 && availableIn(world, state) >= units,
    run: (state) => Object.assign(of(state), { rows: units, hasReserved: 1 }),
  };
  if (kind === "cart") return [reserve, lapse(named("the cart's units lapse"), of)];
  return [
    reserve,
    {
      name: named("D1 records it"),
      isRecovery: false,
      can: (state) => of(state).hasReserved > 0 && of(state).status === STATUS.none && !isFenced(world, of(state)),
      run: (state) => {
        Object.assign(of(state), kind === "cash" ? { status: STATUS.live, wasPaid: 1 } : { status: STATUS.unpaid });
      },
    },
    {
      name: named("its Worker gives up, or the alarm asks: D1 fences the hold"),
      isRecovery: true,
      can: (state) => of(state).hasReserved > 0 && of(state).status === STATUS.none && of(state).isFenced === 0,
      run: (state) => void (of(state).isFenced = 1),
    },
    {
      name: named("the object releases the hold"),
      isRecovery: true,
      can: (state) => of(state).rows > 0 && mayRelease(of(state)),
      run: (state) => void (of(state).rows = 0),
    },
    {
      name: named("the object commits the hold"),
      isRecovery: true,
      can: (state) => of(state).wasPaid > 0 && of(state).rows > 0,
      run: (state) => commit(world, state, order),
    },
    ...(kind === "prepaid" ? payment(order) : []),
    ...(world.keeps("commit needs rows") ? [] : [blindCommit(named("a late commit takes units without rows"), of, units)]),
  ];
}

function lapse(name: string, of: (state: State) => Order): Step<State> {
  return { name, isRecovery: true, can: (state) => of(state).rows > 0, run: (state) => void (of(state).rows = 0) };
}

function payment(order: number): Step<State>[] {
  const isUnpaid = (state: State) => partOf(state.orders, order).status === STATUS.unpaid;
  return [
    {
      name: `order ${order}: D1 records its payment`,
      isRecovery: false,
      can: isUnpaid,
      run: (state) => void Object.assign(partOf(state.orders, order), { status: STATUS.live, wasPaid: 1 }),
    },
  ];
}

function blindCommit(name: string, of: (state: State) => Order, units: number): Step<State> {
  return {
    name,
    isRecovery: false,
    can: (state) => of(state).wasPaid > 0 && of(state).rows === 0 && of(state).hasCommitted === 0,
    run: (state) => {
      of(state).allocated += units;
      of(state).hasCommitted = 1;
    },
  };
}

function isFenced(world: World, { isFenced: fenced }: Order): boolean {
  return fenced > 0 && world.keeps("a fenced hold is never recorded");
}

/** Whether somebody may have sent a release: a Worker or an alarm that fenced the hold, or an alarm that found the order closed. */
function mayRelease({ isFenced: fenced, status }: Order): boolean {
  return fenced > 0 || status === STATUS.cancelled || status === STATUS.expired;
}

/** Rows become an allocation; in the old release, a sale. */
export function commit(world: World, state: State, order: number): void {
  const part = partOf(state.orders, order);
  if (part.rows === 0) return;
  const sold = state.isOld > 0 ? "sale" : "allocated";
  part[sold] += part.rows;
  if (state.isOld > 0) moveOnHand(state, -part.rows);
  part.rows = 0;
  if (!world.keeps("commit needs rows")) part.hasCommitted = 1;
}

/** How an order closes before anything is shipped: by hand, or unpaid orders by time. Each owes `end` to the object. */
export function closingSteps(world: World, action: number): Step<State>[] {
  const { order } = partOf(world.actions, action);
  const of = (state: State): Order => partOf(state.orders, order);
  const close = (state: State, status: number) => {
    of(state).status = status;
    partOf(state.actions, action).inD1 = ACTION.pending;
  };
  const nothingShipped = (state: State) =>
    unitsOf(world, state, "ship", isRecorded, order) === 0 || !world.keeps("shipped is never cancelled");
  return [
    {
      name: `order ${order}: D1 records that it is cancelled, and the action end`,
      isRecovery: false,
      can: (state) => (of(state).status === STATUS.live || of(state).status === STATUS.unpaid) && nothingShipped(state),
      run: (state) => close(state, STATUS.cancelled),
    },
    {
      name: `order ${order}: D1 records that it expired, and the action end`,
      isRecovery: true,
      can: (state) => of(state).status === STATUS.unpaid,
      run: (state) => close(state, STATUS.expired),
    },
  ];
}

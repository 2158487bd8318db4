import type { RuleName } from "./rules.ts";

/** What a search tries: one product in one warehouse, and everything that may happen to it. */
export interface Configuration {
  name: string;
  /** Units on hand at first. */
  opening: number;
  orders: readonly OrderPlan[];
  actions: readonly ActionPlan[];
  counts: readonly { keepOldest: boolean }[];
  /** Changes of the physical shelf that nobody records, in this order: a theft is -1, a find 1. */
  drifts: readonly number[];
  /** The object runs release 0.3.0 at first: its commit is a sale. */
  isUpgrade: boolean;
}

export interface OrderPlan {
  units: number;
  /** Cash on delivery is sold at once. An order to be paid first may expire. What a cart reserves becomes no order here. */
  kind: "cash" | "prepaid" | "cart";
}

/** An effect on stock that D1 may decide. `end` is caused by a full cancellation, or by expiry. */
export interface ActionPlan {
  kind: "ship" | "cancel" | "return" | "end";
  order: number;
  units: number;
}

export interface World extends Configuration {
  keeps: (rule: RuleName) => boolean;
}

export const STATUS = { none: 0, unpaid: 1, live: 2, cancelled: 3, expired: 4 } as const;
/** `unlisted`: recorded without its pending action, where a rule is left out. */
export const ACTION = { none: 0, pending: 1, finished: 2, unlisted: 3 } as const;
/**
 * How far a count has come. `looked` and `shown`: what the clerk has done so far. `sent`: the Worker has read D1. `short`: the object has
 * accepted it, and orders have to lose units first.
 */
export const COUNT = { none: 0, shown: 1, looked: 2, both: 3, sent: 4, applied: 5, refused: 6, short: 7 } as const;

const ORDER_FIELDS = [
  "status",
  "wasPaid",
  "isFenced",
  "hasReserved",
  "rows",
  "allocated",
  "sale",
  "hasCommitted",
  "cut",
  "cutOwed",
] as const;
const ACTION_FIELDS = ["inD1", "isApplied", "isOffShelf"] as const;
const COUNT_FIELDS = ["phase", "isMoved", "counted", "shown", "seen", "waits"] as const;
const SHELF_FIELDS = ["onHand", "drift", "known", "found", "missing", "missed", "asked", "cutPhase", "isOld", "failed"] as const;

/**
 * D1's part of an order (`status`, `wasPaid`, `isFenced`, `cut`: units that it is short of) and the object's (`hasReserved`:
 * the ledger has a reserve; `rows`: reserved; `allocated`; `sale`: units sold by the old release; `cutOwed`: cut by D1 and not yet by the object).
 */
export type Order = Record<(typeof ORDER_FIELDS)[number], number>;
export type Action = Record<(typeof ACTION_FIELDS)[number], number>;
/**
 * `isMoved`: on hand moved since the clerk was shown it. `seen`: the number of drifts before his look. `waits`: the actions, as bits, that
 * the Worker has to carry out before it asks the object.
 */
export type Count = Record<(typeof COUNT_FIELDS)[number], number>;
/**
 * `known`: the drifts that an applied count has seen. `missing`: units that an open short count has yet to take off on hand. `missed`: those
 * that short counts found missing although they were promised. `found`: those of the last one that left nevertheless. `asked`: the numbers of units, as
 * bits, that the object may have asked D1 for in this round. `failed`: a ship or a cancel found too few units.
 */
type Shelf = Record<(typeof SHELF_FIELDS)[number], number>;

export interface State extends Shelf {
  orders: Order[];
  actions: Action[];
  counts: Count[];
}

export function startOf({ opening, orders, actions, counts, isUpgrade }: Configuration): State {
  return {
    ...zeros(SHELF_FIELDS),
    onHand: opening,
    isOld: Number(isUpgrade),
    orders: orders.map(() => zeros(ORDER_FIELDS)),
    actions: actions.map(() => zeros(ACTION_FIELDS)),
    counts: counts.map(() => zeros(COUNT_FIELDS)),
  };
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

/** Numbers may become negative where a rule is left out. */
const OFFSET = 32;

export function encode(state: State): string {
  const numbers: number[] = [];
  for (const name of SHELF_FIELDS) numbers.push(state[name] + OFFSET);
  for (const order of state.orders) for (const name of ORDER_FIELDS) numbers.push(order[name] + OFFSET);
  for (const action of state.actions) for (const name of ACTION_FIELDS) numbers.push(action[name] + OFFSET);
  for (const count of state.counts) for (const name of COUNT_FIELDS) numbers.push(count[name] + OFFSET);
  return String.fromCharCode(...numbers);
}

export function decoder(configuration: Configuration): (code: string) => State {
  const { orders, actions, counts } = configuration;
  return (code) => {
    let at = 0;
    const read = <Name extends string>(names: readonly Name[], into: Record<Name, number>): Record<Name, number> => {
      for (const name of names) into[name] = code.charCodeAt(at++) - OFFSET;
      return into;
    };
    const shelf = read(SHELF_FIELDS, {
      onHand: 0,
      drift: 0,
      known: 0,
      found: 0,
      missing: 0,
      missed: 0,
      asked: 0,
      cutPhase: 0,
      isOld: 0,
      failed: 0,
    });
    return Object.assign(shelf, {
      orders: orders.map(() => read(ORDER_FIELDS, emptyOrder())),
      actions: actions.map(() => read(ACTION_FIELDS, { inD1: 0, isApplied: 0, isOffShelf: 0 })),
      counts: counts.map(() => read(COUNT_FIELDS, { phase: 0, isMoved: 0, counted: 0, shown: 0, seen: 0, waits: 0 })),
    });
  };
}

function emptyOrder(): Order {
  return {
    status: 0,
    wasPaid: 0,
    isFenced: 0,
    hasReserved: 0,
    rows: 0,
    allocated: 0,
    sale: 0,
    hasCommitted: 0,
    cut: 0,
    cutOwed: 0,
  };
}

export function copyOf(state: State): State {
  return {
    ...state,
    orders: state.orders.map((order) => ({ ...order })),
    actions: state.actions.map((action) => ({ ...action })),
    counts: state.counts.map((count) => ({ ...count })),
  };
}

/** A part of a state, which is always there. */
export function partOf<Part>(parts: readonly Part[], index: number): Part {
  const part = parts[index];
  if (part === undefined) throw new Error(`there is no part ${index}`);
  return part;
}

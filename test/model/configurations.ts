import type { ActionPlan, Configuration, OrderPlan } from "./state.ts";

const cash = (units: number): OrderPlan => ({ units, kind: "cash" });
const prepaid = (units: number): OrderPlan => ({ units, kind: "prepaid" });
const cart = (units: number): OrderPlan => ({ units, kind: "cart" });
const ship = (order: number, units = 1): ActionPlan => ({ kind: "ship", order, units });
const cancel = (order: number, units = 1): ActionPlan => ({ kind: "cancel", order, units });
const back = (order: number, units = 1): ActionPlan => ({ kind: "return", order, units });
const end = (order: number): ActionPlan => ({ kind: "end", order, units: 0 });

const PLAIN = { counts: [], drifts: [], isUpgrade: false } as const;
const COUNT = { keepOldest: false };
const SHORT_COUNT = { keepOldest: true };

/** Small enough for a test, the smallest first, and together they reach every rule. */
export const SMALL: readonly Configuration[] = [
  {
    ...PLAIN,
    name: "upgrade",
    opening: 2,
    orders: [cash(2)],
    actions: [ship(0), cancel(0), end(0)],
    counts: [COUNT],
    isUpgrade: true,
  },
  {
    ...PLAIN,
    name: "count",
    opening: 2,
    orders: [cash(2)],
    actions: [ship(0), ship(0), end(0), back(0)],
    counts: [COUNT],
    drifts: [-1, 1],
  },
  {
    ...PLAIN,
    name: "orders",
    opening: 2,
    orders: [cash(2), prepaid(1)],
    actions: [ship(0), ship(0), cancel(0), end(0), end(1), back(0), back(0)],
  },
  {
    ...PLAIN,
    name: "two counts",
    opening: 2,
    orders: [cash(1)],
    actions: [ship(0), back(0)],
    counts: [COUNT, COUNT],
    drifts: [1, -1],
  },
  {
    ...PLAIN,
    name: "short count",
    opening: 3,
    orders: [cash(2), cash(1)],
    actions: [ship(0), ship(0), ship(1), end(1)],
    counts: [SHORT_COUNT],
    drifts: [-1, -1, 1],
  },
];

/** What `npm run model` searches besides. */
export const LARGE: readonly Configuration[] = [
  {
    ...PLAIN,
    name: "three orders",
    opening: 3,
    orders: [cash(2), prepaid(2), cash(1)],
    actions: [ship(0), ship(0), cancel(0), end(0), back(0), cancel(1), end(1), ship(1), end(2)],
  },
  {
    ...PLAIN,
    name: "parts",
    opening: 3,
    orders: [cash(3), prepaid(2)],
    actions: [ship(0), ship(0, 2), cancel(0), cancel(0, 2), back(0), back(0, 2), end(0), cancel(1), ship(1), end(1)],
  },
  {
    ...PLAIN,
    name: "count of two orders",
    opening: 3,
    orders: [cash(2), prepaid(1)],
    actions: [ship(0), ship(0), cancel(0), end(0), back(0), ship(1), end(1)],
    counts: [COUNT],
    drifts: [-1, 1],
  },
  {
    ...PLAIN,
    name: "two counts and parts",
    opening: 2,
    orders: [cash(2)],
    actions: [ship(0), ship(0), cancel(0), end(0), back(0)],
    counts: [COUNT, COUNT],
    drifts: [1, -1],
  },
  {
    ...PLAIN,
    name: "short count of three orders",
    opening: 3,
    orders: [cash(2), prepaid(1), cart(1)],
    actions: [ship(0), ship(0), cancel(0), end(0), ship(1), end(1), back(0)],
    counts: [SHORT_COUNT],
    drifts: [-1, -1],
  },
  {
    ...PLAIN,
    name: "two short counts",
    opening: 3,
    orders: [cash(2), cash(1)],
    actions: [ship(0), ship(0), ship(1), end(1)],
    counts: [SHORT_COUNT, SHORT_COUNT],
    drifts: [-1, -1, 1],
  },
  {
    ...PLAIN,
    name: "upgrade of two orders",
    opening: 3,
    orders: [cash(2), prepaid(2)],
    actions: [ship(0), ship(0), cancel(0), end(0), back(0), ship(1), cancel(1), end(1)],
    counts: [COUNT],
    drifts: [-1],
    isUpgrade: true,
  },
];

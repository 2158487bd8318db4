import type { Deps } from "../../../src/deps.ts";
import { sweep } from "../../../src/cron.ts";
import { cancel, cancelPart, edit, moveTo, shipFrom, takeBack } from "./orders.ts";

// The operations that the fault tests of orders interrupt at every call.

export const UNITS = 5;
export const BOUGHT = 2;

/** The variant of a product that one cut alone uses. */
interface Line {
  productId: string;
  variantId: string;
}

export interface Sold {
  lines: Line[];
  orderId: string;
}

/** Changes an order. @returns the result, or the code of its refusal */
type Act = (deps: Deps, sold: Sold, key: string) => Promise<unknown>;

export interface Operation {
  act: Act;
  /** The status afterwards, and the available units of each product. */
  becomes: string;
  available: number[];
  isExpiry?: true;
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

/** What becomes of an order in processing, or of one that expires. */
export const OPERATIONS: Record<string, Operation> = {
  cancel: {
    act: (deps, { orderId }, key) => cancel(deps, orderId, key),
    becomes: "CANCELLED",
    available: [UNITS, UNITS],
  },
  completion: {
    act: (deps, { orderId }, key) => moveTo(deps, orderId, "COMPLETED", key),
    becomes: "COMPLETED",
    available: [UNITS - BOUGHT, UNITS - BOUGHT],
  },
  "shipment of what one warehouse supplies": {
    act: (deps, { orderId }, key) => shipFrom(deps, orderId, "MUM", key),
    becomes: "PROCESSING",
    available: [UNITS - BOUGHT, UNITS - BOUGHT],
  },
  "change of the address": {
    act: (deps, { orderId }, key) => edit(deps, orderId, key),
    becomes: "PROCESSING",
    available: [UNITS - BOUGHT, UNITS - BOUGHT],
  },
  "cancellation of a part": {
    act: (deps, { orderId }, key) => cancelPart(deps, orderId, [1, 2], key),
    becomes: "PROCESSING",
    available: [UNITS - BOUGHT + 1, UNITS - BOUGHT + 1],
  },
  "return of all": {
    act: (deps, { orderId, lines }, key) =>
      takeBack(
        deps,
        orderId,
        lines.map((line) => ({ ...line, quantity: BOUGHT })),
        key,
      ),
    becomes: "RETURNED",
    available: [UNITS, UNITS],
  },
  "return of all to a warehouse that supplied nothing": {
    act: (deps, { orderId, lines }, key) =>
      takeBack(
        deps,
        orderId,
        lines.map((line) => ({ ...line, quantity: BOUGHT })),
        key,
        "DEL",
      ),
    becomes: "RETURNED",
    available: [UNITS, UNITS],
  },
  "return of a part, some of it damaged": {
    act: (deps, { orderId, lines: [first, second] }, key) =>
      takeBack(
        deps,
        orderId,
        [first && { ...first, quantity: 1 }, second && { ...second, quantity: 1, condition: "damaged" as const }].filter(isThere),
        key,
      ),
    becomes: "PROCESSING",
    available: [UNITS - 1, UNITS - BOUGHT],
  },
  "expiry by the sweep": {
    act: (deps) => sweep(deps),
    becomes: "EXPIRED",
    available: [UNITS, UNITS],
    isExpiry: true,
  },
};

import type { Allocation } from "./allocate.ts";
import type { Place } from "./levels.ts";

// What an object asks about orders, and what it is answered (A6, O11); and what orders that are short ask of it (O12).

/** Asks D1 whose units are cut (O11); an id is decided once. */
export interface ShortageQuestion extends Place {
  shortageId: string;
  units: number;
  actor: string;
}

/** Units of an order that are not there. */
export interface UnitCut {
  holdId: string;
  quantity: number;
}

/** Units of a place that are an order's. */
export interface OrderUnits {
  orderId: string;
  quantity: number;
}

/** The open orders that units of a place are promised to, oldest first; of many only the first. */
export interface PromisedUnits {
  orders: OrderUnits[];
  /** How many orders there are. */
  count: number;
}

/** Units that an order is owed and has not: it gets what is free. */
export interface Fill {
  /** The hold that the order is recorded with. */
  holdId: string;
  /** Repeating it gives the same answer and takes nothing more. */
  fillId: string;
  /** Each place once. */
  lines: Allocation[];
  actor: string;
}

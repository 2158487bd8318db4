import type { CartAnswer, CartEdit, Checkout, ConvertAnswer, HeldUnits } from "./cart-messages.ts";
import type { Allocation } from "./allocate.ts";
import type { Level } from "./levels.ts";
import type {
  AdjustAnswer,
  Adjustment,
  Arrival,
  Cancellation,
  Difference,
  Dispatch,
  DispatchAnswer,
  FlushRequest,
  ReserveAnswer,
  ReserveRequest,
  Shipment,
  StockReport,
} from "./messages.ts";
import type { OpenedLine, Opening } from "./opening-messages.ts";
import type { Fill } from "./shortage-messages.ts";

/** The RPC methods of a product's object. All are idempotent and may be repeated after a lost answer. */
export interface StockCalls {
  /** Reserves units under a new hold (O1). */
  reserve(request: ReserveRequest): Promise<ReserveAnswer>;
  /** Allocates the units of holds to their orders (O2). Releases before 0.3.0 commit only the first; their alarm commits the others. */
  commit(...holdIds: string[]): Promise<void>;
  /** Extends a hold until its payment is due (O3). */
  keep(holdId: string, untilMs: number): Promise<void>;
  /** Frees the units of a hold (O4). */
  release(holdId: string): Promise<void>;
  /** Ends a hold in any state: frees the units that it reserves, or that are allocated to its order and have not left (O5). */
  cancelHold(holdId: string): Promise<void>;
  /** Frees some units of an order that have not left, once per cancellation (O10). */
  cancelUnits(cancellation: Cancellation): Promise<void>;
  /** Allocates free units to an order that is short, once per fill (O12). @returns what it got */
  allocate(fill: Fill): Promise<Allocation[]>;
  /** Takes units of an order off the shelf, once per shipment (O9). */
  ship(shipment: Shipment): Promise<void>;
  /** Applies a manual adjustment, once per reference (O8). */
  adjust(adjustment: Adjustment): Promise<AdjustAnswer>;
  /** Receives opening stock where there never was a movement (O13). Objects of releases before 0.4.0 do not know it. */
  openStock(opening: Opening): Promise<OpenedLine[]>;
  /** Receives units of a return or a transfer (O6). */
  bringIn(arrival: Arrival): Promise<void>;
  /** Takes the units of a transfer out of a warehouse, all lines or none. */
  dispatch(dispatch: Dispatch): Promise<DispatchAnswer>;
  /** Puts the units of a refused transfer back. */
  takeBack(transferId: string): Promise<void>;
  /** Sets what a cart has reserved of some variants (K0). */
  setCart(edit: CartEdit): Promise<CartAnswer>;
  /** Extends everything that a cart has reserved. */
  extendCart(cartId: string, untilMs: number): Promise<HeldUnits[]>;
  /** Moves a cart's units into the hold of a checkout (K2). */
  convert(checkout: Checkout): Promise<ConvertAnswer>;
  /** Returns a checkout's units to its cart (K5). */
  giveBack(holdId: string): Promise<void>;
  /** Reads every level of the product. */
  levels(): Promise<Level[]>;
  /** Recomputes the levels from the ledger and the holds. */
  audit(): Promise<Difference[]>;
  /** Reports the object's state, to compare with D1. */
  report(): Promise<StockReport>;
  /** Recomputes what lists show of the product. */
  refresh(request?: FlushRequest): Promise<void>;
  /** Writes every level and movement to D1 again. */
  resend(): Promise<void>;
}

export type StockMethod = keyof StockCalls;

const METHODS: Readonly<Record<StockMethod, true>> = {
  reserve: true,
  commit: true,
  keep: true,
  release: true,
  cancelHold: true,
  cancelUnits: true,
  allocate: true,
  ship: true,
  adjust: true,
  openStock: true,
  bringIn: true,
  dispatch: true,
  takeBack: true,
  setCart: true,
  extendCart: true,
  convert: true,
  giveBack: true,
  levels: true,
  audit: true,
  report: true,
  refresh: true,
  resend: true,
};

/** The names of all calls. */
export const STOCK_METHODS = Object.keys(METHODS) as StockMethod[];

/**
 * Builds all calls from one function, for wrappers that treat every call alike.
 * @param around handles one call; `run` makes it at an object
 */
export function forEachCall(
  around: (method: StockMethod, args: unknown[], run: (stock: StockCalls) => Promise<unknown>) => Promise<unknown>,
): StockCalls {
  const calls = STOCK_METHODS.map((method) => {
    const call = (...args: unknown[]) => {
      const run = (stock: StockCalls) => (stock[method] as (...given: unknown[]) => Promise<unknown>)(...args);
      return around(method, args, run);
    };
    return [method, call];
  });
  return Object.fromEntries(calls);
}

import type { CartAnswer, CartEdit, Checkout, ConvertAnswer, HeldUnits } from "./cart-messages.ts";
import type { Level } from "./levels.ts";
import type {
  AdjustAnswer,
  Adjustment,
  Arrival,
  Difference,
  Dispatch,
  DispatchAnswer,
  ReserveAnswer,
  ReserveRequest,
  StockReport,
} from "./messages.ts";

/** The calls that a product's object takes. All are idempotent, and all answer what they found. */
export interface StockCalls {
  reserve(request: ReserveRequest): Promise<ReserveAnswer>;
  /** Releases before 0.3.0 commit the first alone; alarms see to the others. */
  commit(...holdIds: string[]): Promise<void>;
  keep(holdId: string, untilMs: number): Promise<void>;
  release(holdId: string): Promise<void>;
  restock(holdId: string): Promise<void>;
  adjust(adjustment: Adjustment): Promise<AdjustAnswer>;
  bringIn(arrival: Arrival): Promise<void>;
  dispatch(dispatch: Dispatch): Promise<DispatchAnswer>;
  takeBack(transferId: string): Promise<void>;
  setCart(edit: CartEdit): Promise<CartAnswer>;
  extendCart(cartId: string, untilMs: number): Promise<HeldUnits[]>;
  convert(checkout: Checkout): Promise<ConvertAnswer>;
  giveBack(holdId: string): Promise<void>;
  levels(): Promise<Level[]>;
  audit(): Promise<Difference[]>;
  report(): Promise<StockReport>;
  refresh(): Promise<void>;
  resend(): Promise<void>;
}

export type StockMethod = keyof StockCalls;

const METHODS: Readonly<Record<StockMethod, true>> = {
  reserve: true,
  commit: true,
  keep: true,
  release: true,
  restock: true,
  adjust: true,
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

/** Every call by name. */
export const STOCK_METHODS = Object.keys(METHODS) as StockMethod[];

/**
 * Makes every call from one function, for what treats all of them alike.
 * @param around sends one call; `run` makes it at an object
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

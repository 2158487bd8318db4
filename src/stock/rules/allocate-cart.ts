import {
  allocateLine,
  type Allocation,
  eligibleWarehouses,
  type FreeUnits,
  type HoldShare,
  mostOfClient,
  type StockLine,
} from "./allocate.ts";
import type { CartEdit, CartLine, Checkout, TooMany } from "./cart-messages.ts";
import { available, type Level } from "./levels.ts";
import type { ShortLine } from "./messages.ts";
import { shortLine, type TentativeRow, sumUnits } from "./reserve.ts";

/** The stock that a decision about a cart depends on. */
export interface CartStock {
  /** Of the variants in question. */
  levels: readonly Level[];
  /** What the cart already has of them. */
  own: readonly Allocation[];
  /** Read only when a line is short. */
  tentativeRows: () => readonly TentativeRow[];
  /** False while earlier requests wait for the same variants; then free units are theirs. */
  mayTake: boolean;
  /** Units of a variant in other unpaid holds of the client. */
  elsewhere: (variantId: string) => number;
}

type Supplied = { allocations: Allocation[] } | { short: ShortLine[] };

/** What a checkout takes, and the cart's own units beyond that. */
type Converted = { allocations: Allocation[]; surplus: Allocation[] } | { short: ShortLine[] };

/**
 * Decides an edit of a cart: all its lines or none. A smaller quantity keeps units where they are; a larger one is allocated like an
 * order, with the cart's own units counted as free.
 */
export function decideCartEdit(edit: CartEdit, lines: readonly CartLine[], stock: CartStock): Supplied | { tooMany: TooMany[] } {
  const free = freeFor(stock);
  const allocated = lines.map((line) => {
    const own = ownOf(stock, line, edit.ranking);
    return line.quantity <= sum(own) ? takeUpTo(own, line.quantity) : allocateOwned(edit, line, own, free);
  });
  const short = shortOf(edit, lines, stock, allocated);
  if (short) return { short };
  const tooMany = lines.flatMap((line): TooMany[] => {
    const own = sum(ownOf(stock, line, edit.ranking));
    const ofCart = Math.max(line.least, own, shareOf(line, stock, edit.maxSharePercent));
    const ofClient = mostHeld(edit.share, line, stock, line.least);
    const most = Math.min(ofCart, ofClient);
    return line.quantity > most
      ? [{ variantId: line.variantId, quantity: line.quantity, most, ofClient: ofClient < ofCart }]
      : [];
  });
  return tooMany.length > 0 ? { tooMany } : { allocations: allocated.flatMap((each) => each ?? []) };
}

/**
 * Decides a checkout: exactly the quoted units, all lines or none. The cart's own units are preferred where the address and the policy
 * allow their warehouse (K2).
 */
export function decideConvert(checkout: Checkout, stock: CartStock): Converted {
  const free = freeFor(stock);
  const allocated = checkout.lines.map((line) => allocateOwned(checkout, line, ownOf(stock, line, checkout.ranking), free));
  const short = shortOf(checkout, checkout.lines, stock, allocated) ?? beyondShare(checkout, stock);
  if (short.length > 0) return { short };
  const allocations = allocated.flatMap((each) => each ?? []);
  const surplus = checkout.lines.flatMap((line) => surplusOf(line, ownOf(stock, line, checkout.ranking), allocations));
  return { allocations, surplus };
}

/** Lines that the client may not have beside its other holds. What the cart has already, it may have. */
function beyondShare({ lines, share }: Checkout, stock: CartStock): ShortLine[] {
  return lines.flatMap((line) => {
    const most = mostHeld(share, line, stock, share?.least?.[line.variantId] ?? 1);
    if (line.quantity <= most) return [];
    return [{ ...line, available: most, tentative: false, isBehind: false, ownHolds: [], most }];
  });
}

/** The most units of a variant that the client may have in this cart. */
function mostHeld(share: HoldShare | undefined, { variantId }: StockLine, stock: CartStock, least: number): number {
  if (!share) return Infinity;
  const own = sum(stock.own.filter((row) => row.variantId === variantId));
  return mostOfClient(share.percent, { free: freeOf(stock, variantId), own, elsewhere: stock.elsewhere(variantId), least });
}

function freeOf({ levels }: CartStock, variantId: string): number {
  return levels.filter((level) => level.variantId === variantId).reduce((units, level) => units + available(level), 0);
}

/** The cart's units beyond the line's quantity that the line does not take. */
function surplusOf({ quantity }: StockLine, own: readonly Allocation[], taken: readonly Allocation[]): Allocation[] {
  const takenAt = sumUnits(taken, (row) => row.quantity);
  const untaken = own.map((row) => ({ ...row, quantity: Math.max(row.quantity - takenAt(row.variantId, row.warehouseId), 0) }));
  return takeUpTo(untaken, Math.max(sum(own) - quantity, 0));
}

type CartSourcing = Pick<Checkout, "cartId" | "ranking" | "policy">;

/** Keeps the cart's own units where allowed and allocates those that are missing. */
function allocateOwned(
  { policy, ranking }: CartSourcing,
  line: StockLine,
  own: readonly Allocation[],
  free: FreeUnits,
): Allocation[] | undefined {
  const eligible = eligibleWarehouses(policy, ranking);
  const kept = takeUpTo(
    own.filter(({ warehouseId }) => eligible.includes(warehouseId)),
    line.quantity,
  );
  const missing = line.quantity - sum(kept);
  if (missing === 0 && (kept.length === 1 || policy === "nearest_available")) return kept;
  if (policy !== "nearest_available") {
    const ownUnits = sumUnits(own, ({ quantity }) => quantity);
    return allocateLine(policy, ranking, line, (variant, warehouse) => free(variant, warehouse) + ownUnits(variant, warehouse));
  }
  const added = allocateLine(policy, ranking, { variantId: line.variantId, quantity: missing }, free);
  return added && merged([...kept, ...added]);
}

function freeFor({ levels, mayTake }: CartStock): FreeUnits {
  return mayTake ? sumUnits(levels, available) : () => 0;
}

/** The cart's units of a variant, nearest warehouse first. */
function ownOf({ own }: CartStock, { variantId }: StockLine, ranking: readonly string[]): Allocation[] {
  const rank = ({ warehouseId }: Allocation) => (ranking.includes(warehouseId) ? ranking.indexOf(warehouseId) : ranking.length);
  return own.filter((row) => row.variantId === variantId).toSorted((a, b) => rank(a) - rank(b));
}

function takeUpTo(own: readonly Allocation[], quantity: number): Allocation[] {
  let missing = quantity;
  return own.flatMap((row) => {
    const taken = Math.min(missing, row.quantity);
    missing -= taken;
    return taken > 0 ? [{ ...row, quantity: taken }] : [];
  });
}

function merged(rows: readonly Allocation[]): Allocation[] {
  const all: Allocation[] = [];
  for (const row of rows) {
    const same = all.find(({ warehouseId }) => warehouseId === row.warehouseId);
    if (same) same.quantity += row.quantity;
    else all.push({ ...row });
  }
  return all;
}

function shortOf(
  sourcing: CartSourcing,
  lines: readonly StockLine[],
  stock: CartStock,
  allocated: readonly (Allocation[] | undefined)[],
): ShortLine[] | undefined {
  if (allocated.every((allocations) => allocations !== undefined)) return undefined;
  const tentative = stock.tentativeRows();
  const [free, own] = [sumUnits(stock.levels, available), sumUnits(stock.own, ({ quantity }) => quantity)];
  const request = { ...sourcing, holdId: `${sourcing.cartId}.` };
  return lines
    .filter((_, index) => allocated[index] === undefined)
    .map(({ variantId, quantity }) => {
      const all: FreeUnits = (variant, warehouse) => free(variant, warehouse) + own(variant, warehouse);
      return { ...shortLine(request, { variantId, quantity }, all, tentative), isBehind: !stock.mayTake };
    });
}

/** The most units that one cart may have of a variant: a share of all free units, its own included. */
function shareOf({ variantId }: StockLine, stock: CartStock, percent: number): number {
  const { own } = stock;
  return Math.floor(((freeOf(stock, variantId) + sum(own.filter((row) => row.variantId === variantId))) * percent) / 100);
}

function sum(rows: readonly { quantity: number }[]): number {
  return rows.reduce((units, { quantity }) => units + quantity, 0);
}

import { findProduct } from "../../catalog/queries.ts";
import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { cutPage } from "../../rules/page.ts";
import { findMovementWindow, findProductMovementWindow } from "./queries.ts";
import { matchesMovement, type ListedMovement, type MovementKey, type MovementSearch } from "../rules/movement-list.ts";

/** A movement costs one row read, so of a filtered list so many times the page are looked through. */
const LOOKED_THROUGH = 3;
const EXPORT_BATCH = 1_000;
/** How far the clocks of a product's moments may differ: its ledger is in the order of time but for that. */
const CLOCK_ERROR_MS = 3_600_000;
/** Movements that one export looks through. */
const MAX_EXPORTED = 100_000;

/** Whose movements, and how a window of them is read, newest first. */
export interface MovementSource {
  read: (before: MovementKey | undefined, size: number) => Promise<ListedMovement[]>;
  /** Whether they stand in the order of time, so that none that fits comes after one that is too old. */
  isByTime: boolean;
}

/** Which movements, from the last page's end on. */
export interface MovementsRequest extends MovementSearch {
  before?: MovementKey | undefined;
}

/** `next` is what the next page comes after, null on the last. */
export interface MovementPage {
  movements: ListedMovement[];
  next: MovementKey | null;
}

/** The movements of all products, in the order of time. @param search says where to begin */
export function shopMovements(deps: Deps, { toMs }: MovementSearch): MovementSource {
  const newest = { atMs: toMs ?? Number.MAX_SAFE_INTEGER, productId: "", seq: 0 };
  return {
    isByTime: true,
    read: async (before, size) => {
      const { found } = await deps.db.batch("shop movements", { found: findMovementWindow(before ?? newest, size) });
      return found;
    },
  };
}

/**
 * The movements of a product in the order of its ledger, which is that of time but for a clock's error.
 * @throws Refusal `not_found` when they are read and there is no such product
 */
export function productMovements(deps: Deps, productId: string): MovementSource {
  return {
    isByTime: false,
    read: async (before, size) => {
      const end = { atMs: 0, productId, seq: before?.seq ?? Number.MAX_SAFE_INTEGER };
      const { product, found } = await deps.db.batch("product movements", {
        product: findProduct(productId),
        found: findProductMovementWindow(end, size),
      });
      if (!product) throw new Refusal("not_found", `There is no product ${productId}.`);
      return found;
    },
  };
}

/** Lists the movements of what is on hand. Filters are in no index but time's: with them a page may be short, or empty, before the last. */
export function listMovements(source: MovementSource, request: MovementsRequest, limit: number): Promise<MovementPage> {
  const { kind, warehouseId, actor, fromMs, toMs } = request;
  const isFiltered = [kind, warehouseId, actor, fromMs, toMs].some((filter) => filter !== undefined);
  return readPage(source, request, { limit, size: isFiltered ? LOOKED_THROUGH * limit : limit + 1 });
}

/**
 * Gives all movements that match, in batches, newest first.
 * @throws Error after `MAX_EXPORTED`: a list that just ended there would look whole
 */
export async function* exportMovements(source: MovementSource, request: MovementsRequest): AsyncGenerator<ListedMovement[]> {
  let { before } = request;
  for (let looked = 0; looked < MAX_EXPORTED; looked += EXPORT_BATCH) {
    const { movements, next } = await readPage(source, { ...request, before }, { limit: EXPORT_BATCH, size: EXPORT_BATCH });
    yield movements;
    if (!next) return;
    before = next;
  }
  throw new Error(`There are more than ${MAX_EXPORTED} movements to look through`);
}

async function readPage(
  { read, isByTime }: MovementSource,
  { before, ...search }: MovementsRequest,
  { limit, size }: { limit: number; size: number },
): Promise<MovementPage> {
  const { items, next } = cutPage<ListedMovement, MovementKey>(await read(before, size), {
    limit,
    size,
    fits: (movement) => matchesMovement(movement, search),
    keyOf: ({ atMs, productId, seq }) => ({ atMs, productId, seq }),
  });
  const margin = isByTime ? 0 : CLOCK_ERROR_MS;
  const isOver = next !== null && next.atMs < (search.fromMs ?? 0) - margin;
  return { movements: items, next: isOver ? null : next };
}

import { findProduct } from "../../catalog/queries.ts";
import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { cutPage } from "../../rules/page.ts";
import { findMovementWindow, findProductMovementWindow } from "./queries.ts";
import { matchesMovement, type ListedMovement, type MovementKey, type MovementSearch } from "../rules/movement-list.ts";

/** A filtered page reads this many times its length; each movement costs one row read. */
const READ_FACTOR = 3;
const EXPORT_BATCH = 1_000;
/** How far clocks may differ: a ledger is in the order of time except for this. */
const CLOCK_ERROR_MS = 3_600_000;
/** The most movements that one export reads. */
const MAX_EXPORT_READ = 100_000;

/** A list of movements, newest first. */
export interface MovementSource {
  read: (before: MovementKey | undefined, size: number) => Promise<ListedMovement[]>;
  /** Whether it is strictly in the order of time, so that reading can stop at the first movement that is too old. */
  isByTime: boolean;
}

/** A search, and the key where the page before ended. */
export interface MovementsRequest extends MovementSearch {
  before?: MovementKey | undefined;
}

/** The next page begins after `next`, which is null on the last one. */
export interface MovementPage {
  movements: ListedMovement[];
  next: MovementKey | null;
}

/** The movements of all products, in the order of time. @param search `toMs` is where the list begins */
export function shopMovements(deps: Deps, { toMs }: MovementSearch): MovementSource {
  const newest = { atMs: toMs ?? Number.MAX_SAFE_INTEGER, productId: "", seq: 0 };
  return {
    isByTime: true,
    read: async (before, size) => {
      const { window } = await deps.db.batch("shop movements", { window: findMovementWindow(before ?? newest, size) });
      return window;
    },
  };
}

/**
 * The movements of a product in the order of its ledger: that of time, except for clock errors.
 * @throws Refusal `not_found`, from `read`, if there is no such product
 */
export function productMovements(deps: Deps, productId: string): MovementSource {
  return {
    isByTime: false,
    read: async (before, size) => {
      const end = { atMs: 0, productId, seq: before?.seq ?? Number.MAX_SAFE_INTEGER };
      const { product, window } = await deps.db.batch("product movements", {
        product: findProduct(productId),
        window: findProductMovementWindow(end, size),
      });
      if (!product) throw new Refusal("not_found", `There is no product ${productId}.`);
      return window;
    },
  };
}

/** Lists movements of units on hand. Only time has an index: with other filters a page may be short or empty before the last one. */
export function listMovements(source: MovementSource, request: MovementsRequest, limit: number): Promise<MovementPage> {
  const { kind, warehouseId, actor, fromMs, toMs } = request;
  const isFiltered = [kind, warehouseId, actor, fromMs, toMs].some((filter) => filter !== undefined);
  return readPage(source, request, { limit, size: isFiltered ? READ_FACTOR * limit : limit + 1 });
}

/**
 * Yields all matching movements in batches, newest first.
 * @throws Error after `MAX_EXPORT_READ`, so that a truncated list does not look complete
 */
export async function* exportMovements(source: MovementSource, request: MovementsRequest): AsyncGenerator<ListedMovement[]> {
  let { before } = request;
  for (let read = 0; read < MAX_EXPORT_READ; read += EXPORT_BATCH) {
    const { movements, next } = await readPage(source, { ...request, before }, { limit: EXPORT_BATCH, size: EXPORT_BATCH });
    yield movements;
    if (!next) return;
    before = next;
  }
  throw new Error(`the export would read more than ${MAX_EXPORT_READ} movements`);
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
  const isPastStart = next !== null && next.atMs < (search.fromMs ?? 0) - margin;
  return { movements: items, next: isPastStart ? null : next };
}

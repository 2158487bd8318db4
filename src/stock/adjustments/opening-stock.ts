import type { KnownUnits } from "../../catalog/rules/foreign-stock.ts";
import type { Deps } from "../../deps.ts";
import { invalidField } from "../../errors.ts";
import type { OpenedLine } from "../rules/opening-messages.ts";
import {
  endKept,
  endReceived,
  findActiveWarehouses,
  findOwed,
  findUnits,
  type OwedOpening,
  postponeOwed,
} from "./opening-queries.ts";

const REASON = "Opening stock";
/** Variants of one step, after which the objects and D1 are left to others. */
const PER_STEP = 50;
/** The most connections that one invocation may have open on Cloudflare. */
const IN_FLIGHT = 6;
/** After each step the shop is left to others this many times as long as the step took. */
const REST_FACTOR = 9;
/** The platform ends work after the answer at about 30 s, and limits the calls of an invocation; the next run goes on. */
const RUN_MS = 20_000;
const STEPS_PER_RUN = 12;
const MAX_NAMED = 10;

/**
 * Has objects receive the opening stock that imports owe them, a few at a time, oldest first (S5). One run at a time in an isolate; two at once in
 * several do the same work twice, and no harm: an object receives it once.
 */
export async function receiveOwed(deps: Deps): Promise<void> {
  const begunMs = deps.nowMs();
  const { cache } = deps;
  if (begunMs < (cache.receivingUntilMs ?? 0)) return;
  cache.receivingUntilMs = begunMs + RUN_MS;
  try {
    const { first } = await deps.db.batch("find opening stock", { first: findOwed(PER_STEP) });
    let owed = first;
    for (let step = 1; owed.length > 0; step += 1) {
      const stepMs = deps.nowMs();
      const { done, next } = await receive(deps, owed);
      // Where nothing was done the objects or D1 are away, and it would be the same again.
      if (done === 0 || step === STEPS_PER_RUN || deps.nowMs() >= begunMs + RUN_MS) break;
      owed = next;
      if (owed.length > 0) await pause((deps.nowMs() - stepMs) * REST_FACTOR);
    }
  } finally {
    cache.receivingUntilMs = 0;
  }
}

/** Has the objects receive it, and records in one batch what became of it. @returns how much was settled; what is owed next */
export async function receive(deps: Deps, owed: readonly OwedOpening[]): Promise<{ done: number; next: OwedOpening[] }> {
  const groups = [...Map.groupBy(owed, (each) => JSON.stringify([each.productId, each.warehouseId, each.importId])).values()];
  const answers = new Map<OwedOpening, OpenedLine>();
  // The workers share one iterator, so that each takes the next product.
  const queue = groups.values();
  const work = async () => {
    for (const group of queue) {
      const lines = await askObject(deps, group).catch(() => []);
      for (const each of group) {
        const line = lines.find(({ variantId }) => variantId === each.variantId);
        if (line) answers.set(each, line);
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  const settled = [...answers].map(([each, { outcome, onHand }]) => ({ ...each, outcome, onHand }));
  const { next } = await deps.db.batch("finish opening stock", {
    received: endReceived(settled.filter(({ outcome }) => outcome === "received")),
    kept: endKept(settled.filter(({ outcome }) => outcome === "kept")),
    postponed: postponeOwed(
      owed.filter((each) => !answers.has(each)),
      deps.nowMs(),
    ),
    next: findOwed(PER_STEP),
  });
  if (settled.length < owed.length) deps.log("opening_stock_waits", { owed: owed.length, done: settled.length });
  return { done: settled.length, next };
}

function askObject(deps: Deps, group: readonly OwedOpening[]): Promise<OpenedLine[]> {
  const [first] = group;
  if (!first) return Promise.resolve([]);
  const { productId, warehouseId, importId, actor, requestId } = first;
  return deps.stockOf(productId).openStock({
    referenceId: `opening/${importId}`,
    warehouseId,
    lines: group.map(({ variantId, quantity }) => ({ variantId, quantity })),
    reason: REASON,
    actor,
    requestId: requestId ?? undefined,
    flushFirst: true,
  });
}

/**
 * Where the units of a file of products are received: in the named warehouse, else in the shop's only active one.
 * @throws Refusal `validation_failed` where there is no such warehouse, or several and none is named
 */
export async function fileWarehouseOf(deps: Deps, named: string | undefined): Promise<string> {
  const { active } = await deps.db.batch("read active warehouses", { active: findActiveWarehouses() });
  const ids = active.map(({ warehouseId }) => warehouseId);
  if (named !== undefined) {
    if (ids.includes(named)) return named;
    throw invalidField("warehouse_id", `there is no active warehouse ${named}`);
  }
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) return only;
  const choice =
    only === undefined
      ? "create a warehouse, which there is not yet"
      : `name the warehouse that they are in: ${ids.slice(0, MAX_NAMED).join(", ")}${ids.length > MAX_NAMED ? ", …" : ""}`;
  throw invalidField("warehouse_id", `the file has quantities; ${choice}, or send stock=ignore`);
}

/** What variants of products have in a warehouse, or in all active ones together; none for one without a movement there. */
export async function fileUnitsOf(
  deps: Deps,
  productIds: readonly string[],
  warehouseId?: string,
): Promise<Map<string, KnownUnits>> {
  const { units } = await deps.db.batch("read units", { units: findUnits(productIds, warehouseId) });
  return new Map(units.map(({ variantId, ...known }) => [variantId, known]));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import fc from "fast-check";
import type { ExpectStatic } from "vitest";
import type { ReserveAnswer, StockCalls } from "../../src/stock/rules/messages.ts";
import { silenceD1 } from "./d1-faults.ts";
import { adjustment, evict, passTime, recordOrder, runAlarm, stateOf } from "./stock.ts";
import { applyToModel, type ModelUnits, resolveInModel, type StockCall, type StockModel } from "./stock-model.ts";

// The steps of the property test: each does something to a product's object and to the reference model, then compares the two.

const MINUTE_MS = 60_000;
/** No payment window and no wait of the steps is longer. */
export const LONGEST_MS = 10 * MINUTE_MS;

const VARIANTS = ["cup", "bowl"];
const WAREHOUSES = ["BLR", "MUM", "DEL"];

export interface Model extends StockModel {
  /** Every call so far, to be repeated. */
  calls: StockCall[];
}

export interface Real {
  productId: string;
  stock: StockCalls;
  expect: ExpectStatic;
  /** How often `reserve` answered what: a run that meets only shortages proves little. */
  answers: Record<ReserveAnswer["outcome"], number>;
}

type Step = fc.AsyncCommand<Model, Real>;

/** A step that can be printed, and after which object and model have to agree. */
function step(
  words: string,
  act: (model: Model, real: Real) => Promise<void>,
  canRun: (model: Model) => boolean = () => true,
): Step {
  return {
    check: canRun,
    async run(model, real) {
      await act(model, real);
      const { levels, differences } = await stateOf(real.productId);
      const entries = levels.map(({ variantId, warehouseId, onHand, reserved }) => [
        `${variantId} ${warehouseId}`,
        { onHand, reserved },
      ]);
      real.expect(withUnits(Object.fromEntries(entries))).toEqual(withUnits(model.levels));
      real.expect(levels.filter(({ onHand, reserved }) => reserved < 0 || reserved > onHand)).toEqual([]);
      real.expect(differences).toEqual([]);
    },
    toString: () => words,
  };
}

/** The model has levels that were only looked at; the object has those that a movement made. */
function withUnits(levels: Record<string, ModelUnits>): Record<string, ModelUnits> {
  return Object.fromEntries(Object.entries(levels).filter(([, { onHand, reserved }]) => onHand !== 0 || reserved !== 0));
}

export async function send(call: StockCall, model: Model, { stock, expect, answers }: Real): Promise<void> {
  const expected = applyToModel(model, call, Date.now());
  if (call.to === "reserve") {
    const answer = await stock.reserve(call.request);
    const allocations = "allocations" in answer ? { allocations: answer.allocations.toSorted(byPlace) } : {};
    expect({ outcome: answer.outcome, ...allocations }).toEqual(expected);
    answers[answer.outcome] += 1;
  } else if (call.to === "adjust") {
    expect({ outcome: (await stock.adjust(call.adjustment)).outcome }).toEqual(expected);
  } else if (call.to === "keep") await stock.keep(call.holdId, call.untilMs);
  else await stock[call.to](call.holdId);
}

function byPlace(a: { variantId: string; warehouseId: string }, b: { variantId: string; warehouseId: string }): number {
  return `${a.variantId} ${a.warehouseId}` < `${b.variantId} ${b.warehouseId}` ? -1 : 1;
}

function newCall(words: string, callOf: (model: Model, real: Real) => StockCall, canRun?: (model: Model) => boolean): Step {
  const act = (model: Model, real: Real) => {
    const call = callOf(model, real);
    model.calls.push(call);
    return send(call, model, real);
  };
  return step(words, act, canRun);
}

/** Every hold that was ever asked for, whether it got units or not. */
const holdsOf = (model: Model) => model.calls.flatMap((call) => (call.to === "reserve" ? [call.request.holdId] : []));
const hasHolds = (model: Model) => holdsOf(model).length > 0;
const holdAt = (model: Model, index: number) => holdsOf(model).at(-1 - (index % holdsOf(model).length)) ?? "";

const lines = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom(...VARIANTS), fc.integer({ min: 1, max: 4 }))
    .map(([variantId, quantity]) => ({ variantId, quantity })),
  { selector: (line) => line.variantId, minLength: 1 },
);

const rankings = fc.oneof(fc.shuffledSubarray(WAREHOUSES, { minLength: 3 }), fc.shuffledSubarray(WAREHOUSES, { minLength: 1 }));

const reserves = fc
  .tuple(lines, rankings, fc.constantFrom("nearest", "nearest_available", "single"))
  .map(([wanted, ranking, policy]) =>
    newCall(`reserve ${JSON.stringify(wanted)} from ${ranking.join()}, ${policy}`, ({ calls }, { productId }) => ({
      to: "reserve",
      request: { holdId: `${productId}-${calls.length}.try`, lines: wanted, ranking, policy, waitMs: 0 },
    })),
  );

const places = fc.tuple(fc.constantFrom(...VARIANTS), fc.constantFrom(...WAREHOUSES));

/** What is in the warehouses before the first step. */
export const openings = fc.uniqueArray(places, { selector: String, minLength: 2, maxLength: 4 });

const adjusts = fc
  .tuple(fc.constantFrom("receive", "count", "damage", "issue"), fc.integer({ min: 1, max: 9 }), places)
  .map(([kind, quantity, [variantId, warehouseId]]) =>
    newCall(`${kind} ${quantity} of ${variantId} in ${warehouseId}`, ({ calls }) => ({
      to: "adjust",
      adjustment: adjustment(kind, quantity, { variantId, warehouseId, referenceId: `ref-${calls.length}` }),
    })),
  );

const ends = fc
  .tuple(fc.constantFrom("commit", "release", "restock"), fc.nat(9))
  .map(([to, index]) => newCall(`${to} hold ${index}`, (model) => ({ to, holdId: holdAt(model, index) }), hasHolds));

const minutes = fc.integer({ min: 1, max: LONGEST_MS / MINUTE_MS });

const keeps = fc
  .tuple(fc.nat(9), minutes)
  .map(([index, wait]) =>
    newCall(
      `keep hold ${index} for ${wait} minutes`,
      (model) => ({ to: "keep", holdId: holdAt(model, index), untilMs: Date.now() + wait * MINUTE_MS }),
      hasHolds,
    ),
  );

const repeats = fc.nat(99).map((index) =>
  step(
    `repeat call ${index} from the last`,
    async (model, real) => {
      const call = model.calls.at(-1 - (index % model.calls.length));
      if (call) await send(call, model, real);
    },
    ({ calls }) => calls.length > 0,
  ),
);

const records = fc.tuple(fc.nat(9), fc.option(minutes, { nil: undefined })).map(([index, wait]) =>
  step(
    `record hold ${index}, ${wait === undefined ? "cash on delivery" : `to be paid in ${wait} minutes`}`,
    async (model) => {
      const holdId = holdAt(model, index);
      if (model.holds[holdId]?.state !== "live" || model.orders[holdId]) return;
      const payByMs = wait === undefined ? undefined : Date.now() + wait * MINUTE_MS;
      model.orders[holdId] = { payByMs };
      await recordOrder(holdId, payByMs === undefined ? {} : { paymentStatus: "pending", payByMs });
    },
    hasHolds,
  ),
);

const alarms = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.nat(9)).map(([wait, odds]) => {
  const isSilent = odds === 0;
  return step(`alarm after ${wait} minutes${isSilent ? ", D1 silent" : ""}`, async (model, { productId }) => {
    passTime(wait * MINUTE_MS);
    const endSilence = isSilent ? silenceD1() : undefined;
    await runAlarm(productId);
    endSilence?.();
    if (!isSilent) resolveInModel(model, Date.now());
  });
});

const evictions = fc.constant(step("evict", (_, { productId }) => evict(productId)));

/** Every kind of step; those named more than once are taken more often. */
export const STEPS = [
  adjusts,
  reserves,
  reserves,
  reserves,
  ends,
  ends,
  keeps,
  repeats,
  repeats,
  records,
  alarms,
  alarms,
  evictions,
];

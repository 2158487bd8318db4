import fc from "fast-check";
import { it } from "vitest";
import { MOVEMENTS } from "../../../src/stock/rules/movement.ts";
import {
  adjustment,
  msToAlarm,
  newStock,
  advanceTime,
  projectionOf,
  runAlarm,
  sqlIn,
  sqlInD1,
  stopTime,
} from "../../support/stock/stock.ts";
import { type Model, type Real, send } from "../../support/stock-model/calls.ts";
import { LONGEST_MS } from "../../support/stock-model/arbitraries.ts";
import { takeSteps, visit } from "../../support/stock-model/visits.ts";
import { openings, STEPS } from "../../support/stock-model/steps.ts";

const SEQUENCES = 500;
const MAX_STEPS = 75;
/** What the sequences must cover, each often. */
const ANSWERS = [
  "reserve reserved",
  "reserve short",
  "reserve ended",
  "setCart set",
  "setCart short",
  "setCart too_many",
  "setCart checking_out",
  "convert reserved",
  "convert short",
  "convert ended",
];
/** Only releases before 0.4.0 make them. */
const FORMER_KINDS: ReadonlySet<string> = new Set(["sale", "restock"]);
const OPENING_UNITS = 9;
/** Long enough to shrink a failure. */
const TIMEOUT_MS = 300_000;

async function open(opening: readonly [string, string][], model: Model, real: Real): Promise<void> {
  for (const [variantId, warehouseId] of opening) {
    const received = adjustment("receive", OPENING_UNITS, { variantId, warehouseId });
    await send({ to: "adjust", adjustment: received }, model, real);
  }
}

/** After the last change and one alarm, D1 equals the object. When that alarm runs, every window has ended. */
async function expectConvergence({ productId, stock, expect, kinds }: Real): Promise<void> {
  advanceTime(LONGEST_MS);
  await runAlarm(productId);
  expect(await msToAlarm(productId)).toBeNull();
  const levels = await stock.levels();
  const [projection, [projected]] = await Promise.all([
    projectionOf(productId),
    sqlInD1("SELECT coalesce(sum(delta_on_hand), 0) AS units FROM stock_movements WHERE product_id = ?", productId),
  ]);
  expect(projection).toEqual(levels);
  const moved = await sqlIn<{ kind: string }>(productId, "SELECT DISTINCT kind FROM movements");
  for (const { kind } of moved) kinds.add(kind);
  expect(projected).toEqual({ units: levels.reduce((sum, { onHand }) => sum + onHand, 0) });
}

it(
  `agrees with a reference model after every step of ${SEQUENCES} sequences of calls, alarms, repeats and evictions`,
  async ({ expect }) => {
    stopTime();
    const answers = new Map(ANSWERS.map((answer) => [answer, 0]));
    const kinds = new Set<string>();
    const commands = fc.commands(STEPS, { maxCommands: MAX_STEPS, size: "max" });

    // To replay a failure, pass its printed seed and path beside `numRuns`, and replayPath beside `maxCommands`.
    const property = fc.asyncProperty(openings, commands, async (opening, steps) => {
      const model: Model = {
        levels: {},
        holds: {},
        orders: {},
        adjusted: {},
        arrived: {},
        shipped: {},
        cancelled: {},
        transfers: {},
        carts: {},
        calls: [],
      };
      const real: Real = { ...newStock(), mustBeEvicted: false, expect, answers, kinds };
      await visit(real, () => open(opening, model, real));
      await takeSteps(steps, model, real);
      await visit(real, () => expectConvergence(real));
    });
    await fc.assert(property, { numRuns: SEQUENCES });

    expect([...answers].filter(([, times]) => times <= SEQUENCES / 10)).toEqual([]);
    expect([...kinds].toSorted()).toEqual(
      Object.keys(MOVEMENTS)
        .filter((kind) => !FORMER_KINDS.has(kind))
        .toSorted(),
    );
  },
  TIMEOUT_MS,
);

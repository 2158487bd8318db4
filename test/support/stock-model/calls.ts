import type fc from "fast-check";
import type { ExpectStatic } from "vitest";
import type { HeldUnits } from "../../../src/stock/rules/cart-messages.ts";
import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";
import { type CartCall, isCartCall, expireInModel } from "./cart-model.ts";
import { applyToModel, type ModelUnits, type StockCall, type StockModel } from "./model.ts";

// A step of the property test: it acts on a product's object and on the reference model, then compares the two.

export interface Model extends StockModel {
  /** Every call so far, for repeats. */
  calls: StockCall[];
}

export interface Real {
  productId: string;
  /** The object's calls, while steps are taken within it. */
  stock: StockCalls;
  /** Whether the object must be evicted before the next step. */
  mustBeEvicted: boolean;
  expect: ExpectStatic;
  /** How often each call had each outcome, because a run of shortages alone proves little. */
  answers: Map<string, number>;
  /** Every kind of movement that any run made. */
  kinds: Set<string>;
}

export type Step = fc.AsyncCommand<Model, Real>;

/** A printable step, after which object and model must agree. */
export function step(
  words: string,
  act: (model: Model, real: Real) => Promise<void>,
  canRun: (model: Model) => boolean = () => true,
): Step {
  return {
    check: canRun,
    async run(model, real) {
      await act(model, real);
      await expectAgreement(model, real);
    },
    toString: () => words,
  };
}

/** The object has the levels of the model, and its own audit finds nothing. */
export async function expectAgreement(model: Model, { stock, expect }: Real): Promise<void> {
  expireInModel(model, Date.now());
  const levels = await stock.levels();
  const differences = await stock.audit();
  const entries = levels.map(({ variantId, warehouseId, onHand, reserved, allocated }) => [
    `${variantId} ${warehouseId}`,
    { onHand, reserved, allocated },
  ]);
  expect(withUnits(Object.fromEntries(entries))).toEqual(withUnits(model.levels));
  expect(
    levels.filter(({ onHand, reserved, allocated }) => reserved < 0 || allocated < 0 || reserved + allocated > onHand),
  ).toEqual([]);
  expect(differences).toEqual([]);
}

/** Leaves out levels without movements: the model creates them when it reads them, the object does not. */
function withUnits(levels: Record<string, ModelUnits>): Record<string, ModelUnits> {
  return Object.fromEntries(Object.entries(levels).filter(([, { onHand, reserved }]) => onHand !== 0 || reserved !== 0));
}

export async function send(call: StockCall, model: Model, { stock, expect, answers }: Real): Promise<void> {
  const expected = applyToModel(model, call, Date.now());
  if (call.to === "reserve") {
    const answer = await stock.reserve(call.request);
    const allocations = "allocations" in answer ? { allocations: answer.allocations.toSorted(byPlace) } : {};
    expect({ outcome: answer.outcome, ...allocations }).toEqual(expected);
    count(answers, `reserve ${answer.outcome}`);
  } else if (call.to === "adjust") {
    expect({ outcome: (await stock.adjust(call.adjustment)).outcome }).toEqual(expected);
  } else if (call.to === "dispatch") {
    expect({ outcome: (await stock.dispatch(call.dispatch)).outcome }).toEqual(expected);
  } else if (isCartCall(call)) {
    const answer = await sendToCarts(stock, call);
    expect(answer).toEqual(expected);
    if (answer && "outcome" in answer) count(answers, `${call.to} ${answer.outcome}`);
  } else if (call.to === "keep") await stock.keep(call.holdId, call.untilMs);
  else if (call.to === "bringIn") await stock.bringIn(call.arrival);
  else if (call.to === "ship") await stock.ship(call.shipment);
  else if (call.to === "cancelUnits") await stock.cancelUnits(call.cancellation);
  else if (call.to === "takeBack") await stock.takeBack(call.transferId);
  else if (call.to === "resend") await stock.resend();
  else await stock[call.to](call.holdId);
}

function count(answers: Map<string, number>, answer: string): void {
  answers.set(answer, (answers.get(answer) ?? 0) + 1);
}

async function sendToCarts(stock: StockCalls, call: CartCall): Promise<{ outcome: string } | object | undefined> {
  const heldBy = (held: readonly HeldUnits[]) => Object.fromEntries(held.map((each) => [each.variantId, each.quantity]));
  if (call.to === "giveBack") return (await stock.giveBack(call.holdId)) ?? undefined;
  if (call.to === "extendCart") return { held: heldBy(await stock.extendCart(call.cartId, call.untilMs)) };
  if (call.to === "setCart") {
    const answer = await stock.setCart(call.edit);
    return { outcome: answer.outcome, ...("held" in answer ? { held: heldBy(answer.held) } : {}) };
  }
  const answer = await stock.convert(call.checkout);
  if (answer.outcome !== "reserved") return { outcome: answer.outcome };
  return { outcome: "reserved", allocations: answer.allocations.toSorted(byPlace), fresh: answer.fresh.toSorted() };
}

function byPlace(a: { variantId: string; warehouseId: string }, b: { variantId: string; warehouseId: string }): number {
  return `${a.variantId} ${a.warehouseId}` < `${b.variantId} ${b.warehouseId}` ? -1 : 1;
}

export function newCall(
  words: string,
  callOf: (model: Model, real: Real) => StockCall,
  canRun?: (model: Model) => boolean,
): Step {
  const act = (model: Model, real: Real) => {
    const call = callOf(model, real);
    model.calls.push(call);
    return send(call, model, real);
  };
  return step(words, act, canRun);
}

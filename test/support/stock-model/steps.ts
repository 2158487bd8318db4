import fc from "fast-check";
import { checkoutHoldId } from "../../../src/stock/rules/cart-messages.ts";
import { silenceD1 } from "../d1-faults.ts";
import { adjustment, advanceTime, recordOrder, runAlarm } from "../stock/stock.ts";
import { type Model, newCall, send, step } from "./calls.ts";
import { cartIdOf, isCheckedOut, lines, MINUTE_MS, minutes, places, policies, rankings } from "./arbitraries.ts";
import { CART_STEPS } from "./cart-steps.ts";
import { TRANSFER_STEPS } from "./transfer-steps.ts";
import { recordAllocation, recordCart } from "../stock/cart-holds.ts";
import { expireInModel } from "./cart-model.ts";
import { resolveInModel } from "./model.ts";

// The steps of the property test.

/** Every hold ever requested, whether it got units or not. */
const holdsOf = (model: Model) =>
  model.calls.flatMap((call) => {
    if (call.to === "convert") return [checkoutHoldId(call.checkout)];
    return call.to === "reserve" ? [call.request.holdId] : [];
  });
const hasHolds = (model: Model) => holdsOf(model).length > 0;
const holdAt = (model: Model, index: number) => holdsOf(model).at(-1 - (index % holdsOf(model).length)) ?? "";

const reserves = fc.tuple(lines, rankings, policies).map(([wanted, ranking, policy]) =>
  newCall(`reserve ${JSON.stringify(wanted)} from ${ranking.join()}, ${policy}`, ({ calls }, { productId }) => ({
    to: "reserve",
    request: { holdId: `${productId}-${calls.length}.try`, lines: wanted, ranking, policy, waitMs: 0 },
  })),
);

/** The stock before the first step. */
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
  .tuple(fc.constantFrom("commit", "release", "cancelHold"), fc.nat(9))
  .map(([to, index]) => newCall(`${to} hold ${index}`, (model) => ({ to, holdId: holdAt(model, index) }), hasHolds));

const leftOf = (model: Model, index: number) =>
  model.holds[holdAt(model, index)]?.rows.filter(({ quantity }) => quantity > 0) ?? [];
const hasLeft = (model: Model, index: number) =>
  model.holds[holdAt(model, index)]?.state !== "over" && leftOf(model, index).length > 0;

/** Some or all of what is left of a hold. */
const ships = fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 4 })).map(([index, most]) => {
  return newCall(
    `ship at most ${most} of each line of hold ${index}`,
    (model) => ({
      to: "ship",
      shipment: {
        holdId: holdAt(model, index),
        shipmentId: `SHP-${model.calls.length}`,
        lines: leftOf(model, index).map((row) => ({ ...row, quantity: Math.min(most, row.quantity) })),
        actor: "test",
      },
    }),
    (model) => hasLeft(model, index),
  );
});

/** A part of what is left of a hold. */
const partCancels = fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 4 })).map(([index, most]) => {
  return newCall(
    `cancel at most ${most} of the first line of hold ${index}`,
    (model) => ({
      to: "cancelUnits",
      cancellation: {
        holdId: holdAt(model, index),
        cancellationId: `CAN-${model.calls.length}`,
        lines: leftOf(model, index)
          .slice(0, 1)
          .map((row) => ({ ...row, quantity: Math.min(most, row.quantity) })),
        actor: "test",
      },
    }),
    (model) => hasLeft(model, index),
  );
});

const keeps = fc
  .tuple(fc.nat(9), minutes)
  .map(([index, wait]) =>
    newCall(
      `keep hold ${index} for ${wait} minutes`,
      (model) => ({ to: "keep", holdId: holdAt(model, index), untilMs: Date.now() + wait * MINUTE_MS }),
      hasHolds,
    ),
  );

const resends = fc.constant(newCall("send the projection again", () => ({ to: "resend" })));

/** Repeats a reservation, even long after its hold ended. */
const reservesAgain = fc.nat(9).map((index) =>
  step(
    `reserve again as ${index} reservations ago`,
    async (model, real) => {
      const earlier = model.calls.filter(({ to }) => to === "reserve");
      const call = earlier.at(-1 - (index % earlier.length));
      if (call) await send(call, model, real);
    },
    ({ calls }) => calls.some(({ to }) => to === "reserve"),
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
    async (model, { productId }) => {
      const holdId = holdAt(model, index);
      if (model.holds[holdId]?.state !== "live" || model.orders[holdId]) return;
      const payByMs = wait === undefined ? undefined : Date.now() + wait * MINUTE_MS;
      const cartId = cartIdOf(holdId);
      if (cartId !== undefined && isCheckedOut(model, cartId)) return;
      model.orders[holdId] = { payByMs };
      const orderId = `ORD-${holdId.slice(0, -2)}`;
      if (cartId !== undefined) {
        await recordCart(cartId, { orderId });
        await recordAllocation(orderId, productId);
      }
      const pending = payByMs === undefined ? {} : { paymentStatus: "pending", payByMs };
      await recordOrder(holdId, cartId === undefined ? pending : { ...pending, orderId });
    },
    hasHolds,
  ),
);

const alarms = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.nat(9)).map(([wait, odds]) => {
  const isSilent = odds === 0;
  return step(`alarm after ${wait} minutes${isSilent ? ", D1 silent" : ""}`, async (model, { productId }) => {
    advanceTime(wait * MINUTE_MS);
    const endSilence = isSilent ? silenceD1() : undefined;
    await runAlarm(productId);
    endSilence?.();
    expireInModel(model, Date.now());
    if (!isSilent) resolveInModel(model, Date.now());
  });
});

const evictions = fc.constant(
  step("evict", async (_, real) => {
    real.mustBeEvicted = true;
  }),
);

/** Every kind of step; those listed more than once are more frequent. */
export const STEPS = [
  adjusts,
  reserves,
  reserves,
  reserves,
  ends,
  ends,
  ships,
  ships,
  partCancels,
  keeps,
  ...CART_STEPS,
  ...TRANSFER_STEPS,
  resends,
  reservesAgain,
  repeats,
  repeats,
  records,
  alarms,
  alarms,
  evictions,
];

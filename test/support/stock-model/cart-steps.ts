import fc from "fast-check";
import { cartId, cartIds, isCheckedOut, lines, MINUTE_MS, minutes, policies, rankings } from "./arbitraries.ts";
import { newCall } from "./calls.ts";

// The property test's steps about carts.

const cartLines = lines.chain((wanted) =>
  fc
    .tuple(...wanted.map(() => fc.nat(1)))
    .map((zeros) => wanted.map((line, index) => ({ ...line, quantity: zeros[index] === 0 ? line.quantity : 0, least: 1 }))),
);
const edits = fc
  .tuple(cartIds, cartLines, rankings, policies, minutes, fc.constantFrom(100, 50, 10))
  .map(([number, wanted, ranking, policy, wait, maxSharePercent]) =>
    newCall(
      `cart ${number} has ${JSON.stringify(wanted)} from ${ranking.join()}, ${policy}, ${wait} minutes`,
      ({ calls }, real) => ({
        to: "setCart",
        edit: {
          cartId: cartId(real, number),
          editNo: calls.length + 1,
          lines: wanted,
          ranking,
          policy,
          untilMs: Date.now() + wait * MINUTE_MS,
          maxSharePercent,
        },
      }),
    ),
  );

const extensions = fc.tuple(cartIds, minutes).map(([number, wait]) =>
  newCall(`extend cart ${number} to ${wait} minutes`, (_, real) => ({
    to: "extendCart",
    cartId: cartId(real, number),
    untilMs: Date.now() + wait * MINUTE_MS,
  })),
);

const checkouts = fc.tuple(cartIds, fc.nat(2), lines, rankings, policies).map(([number, ahead, wanted, ranking, policy]) =>
  newCall(
    `check out cart ${number}, ${ahead} ahead, ${JSON.stringify(wanted)} from ${ranking.join()}, ${policy}`,
    (model, real) => {
      const id = cartId(real, number);
      const last = model.carts[id]?.generation ?? 0;
      const generation = isCheckedOut(model, id) ? last : Math.max(1, last + Math.min(ahead, 1));
      return { to: "convert", checkout: { cartId: id, generation, lines: wanted, ranking, policy } };
    },
  ),
);

const givesBack = fc.tuple(cartIds, fc.nat(1)).map(([number, behind]) =>
  newCall(`give cart ${number} back, ${behind} behind`, (model, real) => {
    const id = cartId(real, number);
    return { to: "giveBack", holdId: `${id}.${(model.carts[id]?.generation ?? 0) - behind}` };
  }),
);

/** Edits are the most frequent, because the other steps need their reservations. */
export const CART_STEPS = [edits, edits, edits, extensions, checkouts, checkouts, givesBack];

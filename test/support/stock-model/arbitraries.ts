import fc from "fast-check";
import type { Model, Real } from "./calls.ts";

// What the steps of the property test are made of.

export const MINUTE_MS = 60_000;
/** No payment window and no wait of the steps is longer. */
export const LONGEST_MS = 10 * MINUTE_MS;

const VARIANTS = ["cup", "bowl"];
export const WAREHOUSES = ["BLR", "MUM", "DEL"];
export const NOBODY = { reason: null, actor: "test" };

export const lines = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom(...VARIANTS), fc.integer({ min: 1, max: 4 }))
    .map(([variantId, quantity]) => ({ variantId, quantity })),
  { selector: (line) => line.variantId, minLength: 1 },
);

export const rankings = fc.oneof(
  fc.shuffledSubarray(WAREHOUSES, { minLength: 3 }),
  fc.shuffledSubarray(WAREHOUSES, { minLength: 1 }),
);

export const policies = fc.constantFrom("nearest", "nearest_available", "single");

export const places = fc.tuple(fc.constantFrom(...VARIANTS), fc.constantFrom(...WAREHOUSES));

export const minutes = fc.integer({ min: 1, max: LONGEST_MS / MINUTE_MS });

/** A product's carts are few, so that edits and checkouts of one meet in every order. */
export const cartIds = fc.nat(2);
export const cartId = (real: Real, number: number) => `CRT-${real.productId}-${number}`;
export const cartIdOf = (holdId: string) => (holdId.startsWith("CRT") ? holdId.slice(0, holdId.lastIndexOf(".")) : undefined);
/** D1 lets no other checkout of such a cart go on. */
export const isCheckedOut = (model: Model, id: string) => Object.keys(model.orders).some((holdId) => cartIdOf(holdId) === id);

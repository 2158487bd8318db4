import fc from "fast-check";
import type { Model, Real } from "./calls.ts";

// The building blocks of the property test's steps.

export const MINUTE_MS = 60_000;
/** The longest payment window and the longest wait of the steps. */
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

/** Only a few carts per product, so that edits and checkouts of one cart occur in every order. */
export const cartIds = fc.nat(2);
export const cartId = (real: Real, number: number) => `CRT-${real.productId}-${number}`;
export const cartIdOf = (holdId: string) => (holdId.startsWith("CRT") ? holdId.slice(0, holdId.lastIndexOf(".")) : undefined);
/** Whether D1 has an order of the cart, so that no other checkout of it may proceed. */
export const isCheckedOut = (model: Model, id: string) => Object.keys(model.orders).some((holdId) => cartIdOf(holdId) === id);

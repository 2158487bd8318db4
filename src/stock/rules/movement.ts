import type { Units } from "./levels.ts";

/** What may cause a movement: an order, a transfer, staff by hand, or the object's alarm. */
type Sender = "order" | "transfer" | "staff" | "alarm";

interface MovementRow {
  /** What one unit adds to on hand and to reserved. The quantity of a count may be negative, so it is signed. */
  onHand: -1 | 0 | 1;
  reserved: -1 | 0 | 1;
  signed: boolean;
  sender: Sender;
}

/** Every kind of movement: on hand and reserved change only by these. */
export const MOVEMENTS = {
  receive: { onHand: 1, reserved: 0, signed: false, sender: "staff" },
  issue: { onHand: -1, reserved: 0, signed: false, sender: "staff" },
  count: { onHand: 1, reserved: 0, signed: true, sender: "staff" },
  damage: { onHand: -1, reserved: 0, signed: false, sender: "staff" },
  transfer_out: { onHand: -1, reserved: 0, signed: false, sender: "transfer" },
  transfer_in: { onHand: 1, reserved: 0, signed: false, sender: "transfer" },
  reserve: { onHand: 0, reserved: 1, signed: false, sender: "order" },
  release: { onHand: 0, reserved: -1, signed: false, sender: "order" },
  expire: { onHand: 0, reserved: -1, signed: false, sender: "alarm" },
  sale: { onHand: -1, reserved: -1, signed: false, sender: "order" },
  restock: { onHand: 1, reserved: 0, signed: false, sender: "order" },
  return: { onHand: 1, reserved: 0, signed: false, sender: "order" },
} as const satisfies Record<string, MovementRow>;

export type MovementKind = keyof typeof MOVEMENTS;

/** The kinds that staff record by hand. */
export type AdjustmentKind = { [K in MovementKind]: (typeof MOVEMENTS)[K]["sender"] extends "staff" ? K : never }[MovementKind];

/** What a movement of `quantity` units adds to on hand and to reserved. */
export function effectOf(kind: MovementKind, quantity: number): { deltaOnHand: number; deltaReserved: number } {
  const { onHand, reserved } = MOVEMENTS[kind];
  // `|| 0` turns the -0 of a multiplication by zero into 0.
  return { deltaOnHand: onHand * quantity || 0, deltaReserved: reserved * quantity || 0 };
}

/**
 * Applies a movement to a level.
 * @param quantity whole units; positive, but for a count, whose quantity is the signed difference
 * @returns `undefined` when the quantity is not one that the kind takes, or the level would leave `0 ≤ reserved ≤ onHand`
 */
export function applyMovement(before: Units, kind: MovementKind, quantity: number): Units | undefined {
  const { signed } = MOVEMENTS[kind];
  if (!Number.isSafeInteger(quantity) || (!signed && quantity <= 0)) return undefined;
  const { deltaOnHand, deltaReserved } = effectOf(kind, quantity);
  const after = { onHand: before.onHand + deltaOnHand, reserved: before.reserved + deltaReserved };
  return after.reserved >= 0 && after.reserved <= after.onHand ? after : undefined;
}

/** The kinds that change what is on hand; only these are projected to D1. */
export const ON_HAND_KINDS = (Object.keys(MOVEMENTS) as MovementKind[]).filter((kind) => MOVEMENTS[kind].onHand !== 0) as [
  MovementKind,
  ...MovementKind[],
];

/** The public id of a movement: its product and its number in the product's ledger. */
export function movementIdOf(productId: string, seq: number): string {
  return `${productId}:${seq}`;
}

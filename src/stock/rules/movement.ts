import { freeUnits, type Units } from "./levels.ts";

/** What may cause a movement: an order, a transfer, staff by hand, or the object's alarm. */
type Sender = "order" | "transfer" | "staff" | "alarm";

interface MovementRow {
  /** What one unit adds to on hand, to reserved and to allocated. The quantity of a count may be negative, so it is signed. */
  onHand: -1 | 0 | 1;
  reserved: -1 | 0 | 1;
  allocated: -1 | 0 | 1;
  signed: boolean;
  sender: Sender;
}

/** Every kind of movement: on hand, reserved and allocated change only by these. */
export const MOVEMENTS = {
  receive: { onHand: 1, reserved: 0, allocated: 0, signed: false, sender: "staff" },
  issue: { onHand: -1, reserved: 0, allocated: 0, signed: false, sender: "staff" },
  count: { onHand: 1, reserved: 0, allocated: 0, signed: true, sender: "staff" },
  damage: { onHand: -1, reserved: 0, allocated: 0, signed: false, sender: "staff" },
  transfer_out: { onHand: -1, reserved: 0, allocated: 0, signed: false, sender: "transfer" },
  transfer_in: { onHand: 1, reserved: 0, allocated: 0, signed: false, sender: "transfer" },
  reserve: { onHand: 0, reserved: 1, allocated: 0, signed: false, sender: "order" },
  release: { onHand: 0, reserved: -1, allocated: 0, signed: false, sender: "order" },
  expire: { onHand: 0, reserved: -1, allocated: 0, signed: false, sender: "alarm" },
  allocate: { onHand: 0, reserved: -1, allocated: 1, signed: false, sender: "order" },
  deallocate: { onHand: 0, reserved: 0, allocated: -1, signed: false, sender: "order" },
  ship: { onHand: -1, reserved: 0, allocated: -1, signed: false, sender: "order" },
  /** Of releases before 0.4.0, which took units off the shelf when they were sold. */
  sale: { onHand: -1, reserved: -1, allocated: 0, signed: false, sender: "order" },
  /** Ends such a sale. */
  restock: { onHand: 1, reserved: 0, allocated: 0, signed: false, sender: "order" },
  return: { onHand: 1, reserved: 0, allocated: 0, signed: false, sender: "order" },
} as const satisfies Record<string, MovementRow>;

export type MovementKind = keyof typeof MOVEMENTS;

/** The kinds that staff record by hand. */
export type AdjustmentKind = { [K in MovementKind]: (typeof MOVEMENTS)[K]["sender"] extends "staff" ? K : never }[MovementKind];

/** What a movement of `quantity` units adds to on hand, to reserved and to allocated. */
export function effectOf(kind: MovementKind, quantity: number) {
  const { onHand, reserved, allocated } = MOVEMENTS[kind];
  // `|| 0` turns the -0 of a multiplication by zero into 0.
  return {
    deltaOnHand: onHand * quantity || 0,
    deltaReserved: reserved * quantity || 0,
    deltaAllocated: allocated * quantity || 0,
  };
}

/**
 * Applies a movement to a level.
 * @param quantity whole units; positive, but for a count, whose quantity is the signed difference
 * @returns `undefined` when the quantity is not one that the kind takes, or the level would leave its bounds
 */
export function applyMovement(before: Units, kind: MovementKind, quantity: number): Units | undefined {
  const { signed } = MOVEMENTS[kind];
  if (!Number.isSafeInteger(quantity) || (!signed && quantity <= 0)) return undefined;
  const { deltaOnHand, deltaReserved, deltaAllocated } = effectOf(kind, quantity);
  const after = {
    onHand: before.onHand + deltaOnHand,
    reserved: before.reserved + deltaReserved,
    allocated: before.allocated + deltaAllocated,
  };
  return after.reserved >= 0 && after.allocated >= 0 && freeUnits(after) >= 0 ? after : undefined;
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

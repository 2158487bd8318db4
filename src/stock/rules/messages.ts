import type { Allocation, HoldShare, Policy, StockLine } from "./allocate.ts";
import type { Level, Place } from "./levels.ts";
import type { AdjustmentKind, MovementKind } from "./movement.ts";
import type { OrderUnits, PromisedUnits } from "./shortage-messages.ts";

// Requests to a product's object, and its answers (O1 to O8). Business outcomes are returned, never thrown: an error across the
// call means that the outcome is unknown.

/** Asks for units of one product under one hold (O1); `lines` has each variant once. */
export interface ReserveRequest {
  holdId: string;
  lines: StockLine[];
  /** Warehouse ids that may supply, nearest first. */
  ranking: string[];
  policy: Policy;
  /** How long to wait in the object while units may still become free; 0 returns at once. */
  waitMs: number;
  /** For an order that is to be paid first. */
  share?: HoldShare | undefined;
}

/** A line that could not be reserved. */
export interface ShortLine extends StockLine {
  available: number;
  /** The line could be reserved if every order that is still being placed released its units. */
  tentative: boolean;
  /** The units are free, but earlier requests wait for them, so it is not reported to the shopper as a shortage. */
  isBehind: boolean;
  /** Holds on this variant of earlier, unfinished attempts at the same order. */
  ownHolds: string[];
  /** The units are free, but the client's unpaid holds may have only so many together. */
  most?: number;
}

export type ReserveAnswer =
  | { outcome: "reserved"; allocations: Allocation[]; levels: Level[] }
  | { outcome: "short"; lines: ShortLine[] }
  | { outcome: "ended" };

/** Whether D1 has what changed before the object answers (F4). An object of a release before 0.4.0 flushes it within one interval. */
export interface FlushRequest {
  flushFirst?: boolean;
}

/** A manual stock adjustment. For a count, `quantity` is what is on hand now; else the units that move. */
export interface Adjustment extends Place, FlushRequest {
  kind: AdjustmentKind;
  quantity: number;
  /** Holdfast's own id of the adjustment; repeating it changes nothing (O8). */
  referenceId: string;
  /** Distinguishes a repeat from another request with the same id. */
  requestHash: string;
  externalReference: string | null;
  reason: string | null;
  actor: string;
  /** For a count: what was on hand at the time of counting. If it has changed since, nothing moves. */
  expectedOnHand?: number | undefined;
  /** What becomes of promised units that are not there: carts and the newest orders lose them (O11). Default: nothing moves. */
  onShortage?: "keep_oldest" | undefined;
  /** The id of the request, for the audit log; absent where the audit log has no entry. */
  requestId?: string | undefined;
}

/** Units that arrive at warehouses: a customer's return, or a transfer from another warehouse. */
export interface Arrival extends FlushRequest {
  kind: "return" | "transfer_in";
  /** The return's or the receipt's id; repeating it changes nothing (O6). */
  referenceId: string;
  /** Each place once. */
  lines: Allocation[];
  reason: string | null;
  actor: string;
}

/** Units that leave a warehouse for another: all lines or none. */
export interface Dispatch extends FlushRequest {
  transferId: string;
  warehouseId: string;
  /** Each variant once. */
  lines: StockLine[];
  /** The deadline, unix milliseconds: nothing is dispatched after it, so the outcome is final. */
  byMs: number;
  reason: string | null;
  actor: string;
  externalReference: string | null;
}

/** What stands in a place, and how much of it may leave by hand. */
export interface ShelfUnits {
  free: number;
  onHand: number;
  /** Absent in an answer of a release before 0.4.0. */
  allocated?: number;
  /** Absent where D1 knows no orders, or does not say. */
  promised?: PromisedUnits;
}

export type DispatchAnswer =
  | { outcome: "dispatched" }
  | { outcome: "units_reserved"; lines: (StockLine & ShelfUnits)[] }
  | { outcome: "ended" };

/** Units of an order that leave its warehouses. */
export interface Shipment {
  /** The hold that the order is recorded with. */
  holdId: string;
  /** Repeating it changes nothing. */
  shipmentId: string;
  /** Each place once. */
  lines: Allocation[];
  actor: string;
}

/** Units of an order that its customer no longer gets, although others of the order are still owed. */
export interface Cancellation {
  /** The hold that the order is recorded with. */
  holdId: string;
  /** Repeating it changes nothing. */
  cancellationId: string;
  /** Each place once. */
  lines: Allocation[];
  actor: string;
}

/** One row of the ledger. */
export interface Movement extends Place {
  seq: number;
  kind: MovementKind;
  deltaOnHand: number;
  deltaReserved: number;
  deltaAllocated: number;
  onHandAfter: number;
  reservedAfter: number;
  allocatedAfter: number;
  reason: string | null;
  referenceType: "hold" | "cart" | "adjustment" | "return" | "transfer" | "shipment";
  referenceId: string;
  externalReference: string | null;
  actor: string;
  requestId: string | null;
  atMs: number;
}

interface MovedUnits {
  outcome: "moved";
  movement: Movement;
  replayed: boolean;
  /** Where the shelf may be short: what orders lost. */
  cut?: OrderUnits[] | undefined;
}

/** `replayed`: the answer is that of an earlier request with the same reference. */
export type AdjustAnswer =
  | MovedUnits
  | AdjustRefusal
  | { outcome: "reference_reused" }
  /** Accepted, or behind one that was: the units are taken as soon as orders have lost them. */
  | { outcome: "short" };

/** Why an adjustment moved nothing. */
export type AdjustRefusal =
  | ({ outcome: "units_reserved"; replayed: boolean } & ShelfUnits)
  | { outcome: "not_as_expected"; onHand: number; replayed: boolean };

/** One level that differs from the sum of its movements or of its holds. */
export interface Difference extends Place {
  what: "on_hand" | "reserved" | "allocated" | "holds" | "allocations";
  level: number;
  recomputed: number;
}

/** A level with the last version flushed to D1; 0 before the first flush. */
export interface TrackedLevel extends Level {
  flushedVersion: number;
}

/** An object's state, to compare with its projection in D1. */
export interface StockReport {
  /** Levels that differ from the sum of their movements or of their holds. */
  differences: Difference[];
  levels: TrackedLevel[];
  /** The flushed movements of what is on hand: the last number, their count and the sum of their units. */
  told: { upToSeq: number; count: number; units: number };
  /** The number of the newest movement of what is on hand; 0 if there is none. */
  newestSeq: number;
  /** Whether a flush is due. */
  owesFlush: boolean;
}

/** What D1 decides about an overdue hold (A2). `give_back` returns a checkout's units to its cart, which is still open. */
export type HoldResolution =
  | { holdId: string; verdict: "commit" | "release" | "give_back" }
  | { holdId: string; verdict: "keep"; untilMs: number };

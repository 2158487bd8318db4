import type { Allocation, Policy, StockLine } from "./allocate.ts";
import type { Level, Place } from "./levels.ts";
import type { AdjustmentKind, MovementKind } from "./movement.ts";

// What is said to a product's object, and what it answers (PROTOCOL 2). Business outcomes are values, never thrown:
// a throw that crosses the call means that the outcome is unknown.

/** O1. One hold's claim on units of one product; `lines` has each variant once. */
export interface ReserveRequest {
  holdId: string;
  lines: StockLine[];
  /** Warehouse ids that may supply, nearest first. */
  ranking: string[];
  policy: Policy;
  /** How long to wait in the object while the shortage is only tentative; 0 answers at once. */
  waitMs: number;
}

/** A line that the object could not supply. */
export interface ShortLine extends StockLine {
  available: number;
  /** It would fit if every hold whose order is still being placed were given back. */
  tentative: boolean;
  /** Its units are free, but others came first and wait for them: this is no shortage that a shopper should be told. */
  isBehind: boolean;
  /** Holds of earlier attempts at the same order, still being placed, that stand on this variant. */
  ownHolds: string[];
}

export type ReserveAnswer =
  | { outcome: "reserved"; allocations: Allocation[]; levels: Level[] }
  | { outcome: "short"; lines: ShortLine[] }
  | { outcome: "ended" };

/** A change of stock by hand. For a count, `quantity` is what is on hand now; else the units that move. */
export interface Adjustment extends Place {
  kind: AdjustmentKind;
  quantity: number;
  /** Holdfast's own id of this change; repeating it changes nothing (PROTOCOL O8). */
  referenceId: string;
  /** Tells a repeat from another request under the same id. */
  requestHash: string;
  externalReference: string | null;
  reason: string | null;
  actor: string;
  /** For a count: what was on hand when the shelf was counted. Where it is another number now, nothing moves. */
  expectedOnHand?: number | undefined;
  /** The request that asked for it, for the audit log; absent where the log does not keep it. */
  requestId?: string | undefined;
}

/** Units that come to a place under an id of their own: goods that a customer returned, or that arrived from another warehouse. */
export interface Arrival {
  kind: "return" | "transfer_in";
  /** The return's or the receipt's id; repeating it changes nothing (PROTOCOL O6). */
  referenceId: string;
  /** Each place once. */
  lines: Allocation[];
  reason: string | null;
  actor: string;
}

/** Units that leave a warehouse for another: all lines or none. */
export interface Dispatch {
  transferId: string;
  warehouseId: string;
  /** Each variant once. */
  lines: StockLine[];
  /** After this time nothing leaves any more, so that it can be said for good what did. */
  byMs: number;
  reason: string | null;
  actor: string;
  externalReference: string | null;
}

export type DispatchAnswer =
  | { outcome: "dispatched" }
  | { outcome: "units_reserved"; lines: (StockLine & { free: number; onHand: number })[] }
  | { outcome: "ended" };

/** A ledger row as it is told. */
export interface Movement extends Place {
  seq: number;
  kind: MovementKind;
  deltaOnHand: number;
  deltaReserved: number;
  onHandAfter: number;
  reservedAfter: number;
  reason: string | null;
  referenceType: "hold" | "cart" | "adjustment" | "return" | "transfer";
  referenceId: string;
  externalReference: string | null;
  actor: string;
  requestId: string | null;
  atMs: number;
}

/** `replayed`: decided by an earlier attempt under the same reference. */
export type AdjustAnswer =
  | { outcome: "moved"; movement: Movement; replayed: boolean }
  | AdjustRefusal
  | { outcome: "reference_reused" };

/** Why an adjustment moved nothing. */
export type AdjustRefusal =
  | { outcome: "units_reserved"; free: number; onHand: number; replayed: boolean }
  | { outcome: "not_as_expected"; onHand: number; replayed: boolean };

/** One level that does not agree with its ledger or its holds. */
export interface Difference extends Place {
  what: "on_hand" | "reserved" | "holds";
  level: number;
  recomputed: number;
}

/** A level with the version of it that D1 was told; 0 where it was told none. */
export interface TrackedLevel extends Level {
  flushedVersion: number;
}

/** What an object says of itself, so that its copy in D1 can be compared with it. */
export interface StockReport {
  /** Where its levels do not agree with its ledger or its holds. */
  differences: Difference[];
  levels: TrackedLevel[];
  /** The movements of what is on hand that D1 was told: up to which number, how many, and the units that they add up to. */
  told: { upToSeq: number; count: number; units: number };
  /** The newest movement of what is on hand; 0 where there is none. */
  newestSeq: number;
  /** D1 is behind and about to be told. */
  owesFlush: boolean;
}

/** D1's word on a hold that ran out (PROTOCOL A2); `give_back` is a checkout's whose cart is open still. */
export type HoldResolution =
  | { holdId: string; verdict: "commit" | "release" | "give_back" }
  | { holdId: string; verdict: "keep"; untilMs: number };

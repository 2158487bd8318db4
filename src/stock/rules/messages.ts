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
}

/** A ledger row as it is told. */
export interface Movement extends Place {
  seq: number;
  kind: MovementKind;
  deltaOnHand: number;
  deltaReserved: number;
  onHandAfter: number;
  reservedAfter: number;
  reason: string | null;
  referenceType: "hold" | "cart" | "adjustment";
  referenceId: string;
  externalReference: string | null;
  actor: string;
  atMs: number;
}

export type AdjustAnswer =
  | { outcome: "moved"; movement: Movement; replayed: boolean }
  | { outcome: "units_reserved"; free: number; onHand: number }
  | { outcome: "reference_reused" };

/** One level that does not agree with its ledger or its holds. */
export interface Difference extends Place {
  what: "on_hand" | "reserved" | "holds";
  level: number;
  recomputed: number;
}

/** D1's word on a hold that ran out (PROTOCOL A2). */
export type Fate = { holdId: string; verdict: "commit" | "release" } | { holdId: string; verdict: "keep"; untilMs: number };

/** The calls that a product's object takes. All are idempotent, and all answer what they found. */
export interface StockCalls {
  reserve(request: ReserveRequest): Promise<ReserveAnswer>;
  commit(holdId: string): Promise<void>;
  keep(holdId: string, untilMs: number): Promise<void>;
  release(holdId: string): Promise<void>;
  restock(holdId: string): Promise<void>;
  adjust(adjustment: Adjustment): Promise<AdjustAnswer>;
  levels(): Promise<Level[]>;
  audit(): Promise<Difference[]>;
  refresh(): Promise<void>;
}

import { AllocationStore } from "./allocation-store.ts";
import { ShortageStore } from "./shortage-store.ts";
import { type Cause, MovementStore } from "./movement-store.ts";
import type { Allocation } from "../rules/allocate.ts";
import type { Level, Place } from "../rules/levels.ts";
import type { Movement } from "../rules/messages.ts";
import { applyMovement, effectOf } from "../rules/movement.ts";
import { ownerOf, type TentativeRow } from "../rules/reserve.ts";

/** Units of one variant in one warehouse that a hold reserves. */
export interface HoldRow extends Allocation {
  holdId: string;
  purpose: "placing" | "awaiting_payment" | "cart";
  expiresAtMs: number;
  /** For a checkout's hold: when the cart's own reservation ends; null where the cart had none of the variant. */
  cartExpiresAtMs: number | null;
  /** Whose unpaid hold it is, where the holds of one client are limited. */
  client: string | null;
}

interface RefusedAdjustment {
  requestHash: string;
  answer: string;
}

const LEVEL = `variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved, allocated, version`;
const HOLD = `hold_id AS "holdId", variant_id AS "variantId", warehouse_id AS "warehouseId", quantity, purpose,
  expires_at_ms AS "expiresAtMs", cart_expires_at_ms AS "cartExpiresAtMs", client`;
/** The SQL of a product's object on levels, holds and movements. Callers wrap changes of several statements in one `transactionSync`. */
export class StockStore {
  readonly allocations: AllocationStore;
  readonly movements: MovementStore;
  readonly shortages: ShortageStore;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.allocations = new AllocationStore(sql);
    this.movements = new MovementStore(sql);
    this.shortages = new ShortageStore(sql);
  }

  level({ variantId, warehouseId }: Place): Level {
    const query = `SELECT ${LEVEL} FROM levels WHERE variant_id = ? AND warehouse_id = ?`;
    const [level] = this.shortages.mark(this.#all<Level>(query, variantId, warehouseId));
    return level ?? { variantId, warehouseId, onHand: 0, reserved: 0, allocated: 0, version: 0 };
  }

  levels(): Level[] {
    return this.#all<Level>(`SELECT ${LEVEL} FROM levels`);
  }

  /** Reads only the levels of some variants, because a product may have many and an order needs few. */
  levelsOf(variantIds: readonly string[]): Level[] {
    const query = `SELECT ${LEVEL} FROM levels WHERE variant_id IN (SELECT value FROM json_each(?))`;
    return this.shortages.mark(this.#all(query, JSON.stringify(variantIds)));
  }

  /**
   * Writes one movement and its level together.
   * @param before the current level, if the caller has already read it in this transaction
   * @returns `undefined` when the level would leave its bounds; then nothing is written
   */
  record(place: Place, quantity: number, cause: Cause, before = this.level(place)): Movement | undefined {
    const after = applyMovement(before, cause.kind, quantity);
    if (!after) return undefined;
    const { variantId, warehouseId } = place;
    this.#sql.exec(
      `INSERT INTO levels (variant_id, warehouse_id, on_hand, reserved, allocated, version) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved, allocated = excluded.allocated,
         version = excluded.version`,
      variantId,
      warehouseId,
      after.onHand,
      after.reserved,
      after.allocated,
      before.version + 1,
    );
    const { requestHash = null, externalReference = null, reason = null, requestId = null, ...rest } = cause;
    const effect = effectOf(cause.kind, quantity);
    const movement = { ...rest, ...effect, variantId, warehouseId, externalReference, reason, requestId };
    const levelAfter = { onHandAfter: after.onHand, reservedAfter: after.reserved, allocatedAfter: after.allocated };
    return this.movements.insert({ ...movement, ...levelAfter }, requestHash);
  }

  /** Records a movement of units that must be there. @throws Error when they are not, which rolls the transaction back */
  mustRecord(place: Place, quantity: number, cause: Cause, before?: Level): Movement {
    const movement = this.record(place, quantity, cause, before);
    if (!movement) throw new Error("a movement needs units that its level does not have");
    return movement;
  }

  holdRows(holdId: string): HoldRow[] {
    return this.#all<HoldRow>(`SELECT ${HOLD} FROM holds WHERE hold_id = ?`, holdId);
  }

  /** Whether a hold has ever reserved units. */
  hasReserved(holdId: string): boolean {
    const query = `SELECT 1 FROM holds WHERE hold_id = ?1
      UNION ALL SELECT 1 FROM movements WHERE reference_id = ?1 AND kind = 'reserve' LIMIT 1`;
    return this.#all(query, holdId).length > 0;
  }

  addHold(row: HoldRow): void {
    this.#sql.exec(
      `INSERT INTO holds (hold_id, variant_id, warehouse_id, quantity, purpose, expires_at_ms, cart_expires_at_ms, client)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.holdId,
      row.variantId,
      row.warehouseId,
      row.quantity,
      row.purpose,
      row.expiresAtMs,
      row.cartExpiresAtMs,
      row.client,
    );
  }

  /** What a client's unpaid holds have of a variant. @param owner of which order or cart are `own`; `elsewhere` are those of all others */
  heldByClient(client: string, variantId: string, owner: string): { own: number; elsewhere: number } {
    const rows = this.#all<HoldRow>(`SELECT ${HOLD} FROM holds WHERE client = ? AND variant_id = ?`, client, variantId);
    const units = (isOwn: boolean) =>
      rows
        .filter(({ holdId }) => (holdId === owner || ownerOf(holdId) === owner) === isOwn)
        .reduce((sum, { quantity }) => sum + quantity, 0);
    return { own: units(true), elsewhere: units(false) };
  }

  removeHold({ holdId, variantId, warehouseId }: HoldRow): void {
    this.#sql.exec("DELETE FROM holds WHERE hold_id = ? AND variant_id = ? AND warehouse_id = ?", holdId, variantId, warehouseId);
  }

  /** Deletes all rows of a hold. @returns the deleted rows */
  removeHoldRows(holdId: string): HoldRow[] {
    return this.#all<HoldRow>(`DELETE FROM holds WHERE hold_id = ? RETURNING ${HOLD}`, holdId);
  }

  awaitPayment(holdId: string, untilMs: number): void {
    this.#sql.exec("UPDATE holds SET purpose = 'awaiting_payment', expires_at_ms = ? WHERE hold_id = ?", untilMs, holdId);
  }

  tentativeRows(): TentativeRow[] {
    return this.#all<HoldRow>(`SELECT ${HOLD} FROM holds WHERE purpose = 'placing'`);
  }

  expiredCartRows(nowMs: number): HoldRow[] {
    return this.#all<HoldRow>(`SELECT ${HOLD} FROM holds WHERE expires_at_ms <= ? AND purpose = 'cart'`, nowMs);
  }

  /** What carts have reserved in a place, the reservation that ends last first. */
  cartRowsAt({ variantId, warehouseId }: Place): HoldRow[] {
    const query = `SELECT ${HOLD} FROM holds WHERE variant_id = ? AND warehouse_id = ? AND purpose = 'cart' ORDER BY expires_at_ms DESC, hold_id`;
    return this.#all<HoldRow>(query, variantId, warehouseId);
  }

  /** The rows of all checkout holds of a cart, whose ids start with the cart's id and a point. */
  checkoutRows(cartId: string): HoldRow[] {
    return this.#all<HoldRow>(`SELECT ${HOLD} FROM holds WHERE hold_id > ? AND hold_id < ?`, `${cartId}.`, `${cartId}/`);
  }

  /** Expired holds whose release needs a decision of D1, oldest first. */
  overdueHolds(nowMs: number, limit: number): string[] {
    const query = `SELECT DISTINCT hold_id AS "holdId" FROM holds WHERE expires_at_ms <= ? AND purpose <> 'cart' ORDER BY expires_at_ms LIMIT ?`;
    return this.#all<{ holdId: string }>(query, nowMs, limit).map((row) => row.holdId);
  }

  nextExpiryMs(): number | undefined {
    return this.#all<{ at: number | null }>("SELECT min(expires_at_ms) AS at FROM holds")[0]?.at ?? undefined;
  }

  /** Marks a transfer as ended here, so that a late dispatch of it is refused. */
  markTransferEnded(transferId: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO transfers_ended (transfer_id) VALUES (?)", transferId);
  }

  hasTransferEnded(transferId: string): boolean {
    return this.#all("SELECT 1 FROM transfers_ended WHERE transfer_id = ?", transferId).length > 0;
  }

  /** The refusal of an adjustment, as JSON, with the hash of its request. */
  refusedAdjustment(referenceId: string): RefusedAdjustment | undefined {
    return this.#all<RefusedAdjustment>(
      `SELECT request_hash AS "requestHash", answer FROM adjustments_refused WHERE reference_id = ?`,
      referenceId,
    )[0];
  }

  /** @param deleteBeforeMs older refusals are deleted */
  saveRefusal(referenceId: string, { requestHash, answer }: RefusedAdjustment, atMs: number, deleteBeforeMs: number): void {
    this.#sql.exec("DELETE FROM adjustments_refused WHERE at_ms < ?", deleteBeforeMs);
    this.#sql.exec("INSERT INTO adjustments_refused VALUES (?, ?, ?, ?)", referenceId, requestHash, answer, atMs);
  }

  #all<R extends object>(query: string, ...bindings: (string | number | null)[]): R[] {
    return this.#sql.exec(query, ...bindings).toArray() as unknown as R[];
  }
}

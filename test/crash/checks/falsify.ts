import { cpSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { databasesOf } from "./read-state.ts";

// Checks that find nothing might be blind. So copies of the final state are falsified, one fact each, and the checks must find every
// one of them.

interface Falsification {
  what: string;
  of: "d1" | "objects";
  /** Changes at least one row if there is a suitable one; for objects, in the first object that has one. */
  sql: string;
}

const first = (table: string, where = "true") => `rowid = (SELECT rowid FROM ${table} WHERE ${where} LIMIT 1)`;
const firstOf = (table: string, key: string, where = "true") => `${key} = (SELECT ${key} FROM ${table} WHERE ${where} LIMIT 1)`;

const FALSIFICATIONS: readonly Falsification[] = [
  { what: "a deleted order", of: "d1", sql: `DELETE FROM orders WHERE ${firstOf("orders", "order_id")}` },
  {
    what: "an order under another id",
    of: "d1",
    sql: `UPDATE orders SET order_id = 'ORDOTHER' WHERE ${firstOf("orders", "order_id")}`,
  },
  {
    what: "an order cancelled without a request",
    of: "d1",
    sql: `UPDATE orders SET status = 'CANCELLED' WHERE ${firstOf("orders", "order_id", "status = 'COMPLETED'")}`,
  },
  {
    what: "an order without its units",
    of: "d1",
    sql: `UPDATE orders SET hold_id = 'other' WHERE ${firstOf("orders", "order_id", "status = 'COMPLETED'")}`,
  },
  {
    what: "an order line with one unit more",
    of: "d1",
    sql: `UPDATE order_items SET quantity = quantity + 1 WHERE ${firstOf("order_items", "order_id")}`,
  },
  {
    what: "a return with one unit more",
    of: "d1",
    sql: `UPDATE return_items SET quantity = quantity + 1 WHERE ${firstOf("return_items", "return_id")}`,
  },
  {
    what: "a return to another warehouse",
    of: "d1",
    sql: `UPDATE return_items SET warehouse_id = 'elsewhere' WHERE ${firstOf("return_items", "return_id", "condition = 'sellable'")}`,
  },
  { what: "a deleted payment", of: "d1", sql: `DELETE FROM payments WHERE ${firstOf("payments", "payment_id")}` },
  { what: "a wrong usage count of a rule", of: "d1", sql: "UPDATE pricing_rules SET used = used - 1 WHERE used > 0" },
  {
    what: "a transfer with one unit more received",
    of: "d1",
    sql: `UPDATE transfer_items SET received = received + 1 WHERE ${firstOf("transfer_items", "transfer_id")}`,
  },
  {
    what: "a recall that brought back one unit less",
    of: "objects",
    sql: `UPDATE movements SET delta_on_hand = delta_on_hand - 1 WHERE ${first("movements", "kind = 'transfer_in' AND reference_id LIKE '%/recall'")}`,
  },
  { what: "a cart without its order", of: "d1", sql: "UPDATE carts SET order_id = NULL WHERE order_id IS NOT NULL" },
  {
    what: "a wrong level in D1",
    of: "d1",
    sql: "UPDATE stock_levels SET on_hand = on_hand + 1 WHERE variant_id = 'tea'",
  },
  { what: "a movement missing in D1", of: "d1", sql: "DELETE FROM stock_movements WHERE seq = 1" },
  {
    what: "a pending stock action",
    of: "d1",
    sql: "INSERT INTO stock_actions (action_id, order_id, hold_id, kind, lines, at_ms) VALUES ('owed', 'o', 'h', 'restock', '[]', 0)",
  },
  { what: "a unit without a movement", of: "objects", sql: "UPDATE levels SET on_hand = on_hand + 1" },
  {
    what: "units allocated to another hold",
    of: "objects",
    sql: `UPDATE movements SET reference_id = 'other' WHERE ${first("movements", "kind = 'allocate'")}`,
  },
  {
    what: "a unit that left without a shipment",
    of: "d1",
    sql: `UPDATE order_allocations SET shipped = shipped + 1 WHERE ${firstOf("order_allocations", "order_id", "quantity > shipped + cancelled")}`,
  },
  {
    what: "a shipment under another reference",
    of: "objects",
    sql: `UPDATE movements SET reference_id = 'other' WHERE ${first("movements", "kind = 'ship'")}`,
  },
  { what: "an allocated unit without a movement", of: "objects", sql: "UPDATE allocations SET quantity = quantity + 1" },
  { what: "a deleted receipt", of: "objects", sql: `DELETE FROM movements WHERE ${first("movements", "kind = 'receive'")}` },
  {
    what: "a count under another reference",
    of: "objects",
    sql: `UPDATE movements SET external_reference = 'again' WHERE ${first("movements", "kind = 'count'")}`,
  },
  {
    what: "a hold without an owner",
    of: "objects",
    sql: `INSERT INTO holds (hold_id, variant_id, warehouse_id, quantity, purpose, expires_at_ms) SELECT 'nobody', variant_id, warehouse_id, 1,
      'placing', 0 FROM levels LIMIT 1`,
  },
];

/** The results for all falsified copies. */
export interface FalsifiedCopies {
  found: number;
  /** Falsifications that found no suitable row in the state. */
  without: string[];
  /** Falsifications that no check found. */
  missed: string[];
}

/**
 * Runs the checks on falsified copies of a state.
 * @param folder of the state, which nothing writes any more  @param check returns the findings in a state's folder
 */
export function testChecks(folder: string, check: (state: string) => string[]): FalsifiedCopies {
  const copy = `${folder}-falsified`;
  const results: FalsifiedCopies = { found: 0, without: [], missed: [] };
  for (const falsification of FALSIFICATIONS) {
    cpSync(folder, copy, { recursive: true });
    if (!falsify(copy, falsification)) results.without.push(falsification.what);
    else if (check(copy).length > 0) results.found += 1;
    else results.missed.push(falsification.what);
    rmSync(copy, { recursive: true });
  }
  return results;
}

function falsify(folder: string, { of, sql }: Falsification): boolean {
  return databasesOf(folder, of).some((file) => {
    const db = new DatabaseSync(file);
    try {
      // Some refuse a falsification that no code of today writes.
      for (const { name } of db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all())
        db.exec(`DROP TRIGGER ${String(name)}`);
      return db.prepare(sql).run().changes > 0;
    } finally {
      db.close();
    }
  });
}

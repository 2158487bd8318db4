import { cpSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { databasesOf } from "./read-state.ts";

// A look that finds nothing could be one that sees nothing. So copies of what a run left are falsified, one fact each, and every one
// has to be found.

interface Tampering {
  what: string;
  of: "d1" | "objects";
  /** Changes at least one row where there is anything of the kind; of the objects, in the first that has any. */
  sql: string;
}

const first = (table: string, where = "true") => `rowid = (SELECT rowid FROM ${table} WHERE ${where} LIMIT 1)`;
const firstOf = (table: string, key: string, where = "true") => `${key} = (SELECT ${key} FROM ${table} WHERE ${where} LIMIT 1)`;

const TAMPERINGS: readonly Tampering[] = [
  { what: "an order that is gone", of: "d1", sql: `DELETE FROM orders WHERE ${firstOf("orders", "order_id")}` },
  {
    what: "an order under another id",
    of: "d1",
    sql: `UPDATE orders SET order_id = 'ORDOTHER' WHERE ${firstOf("orders", "order_id")}`,
  },
  {
    what: "an order that was cancelled by nobody",
    of: "d1",
    sql: `UPDATE orders SET status = 'CANCELLED' WHERE ${firstOf("orders", "order_id", "status = 'COMPLETED'")}`,
  },
  {
    what: "an order without its units",
    of: "d1",
    sql: `UPDATE orders SET hold_id = 'other' WHERE ${firstOf("orders", "order_id", "status = 'COMPLETED'")}`,
  },
  {
    what: "a line with one more",
    of: "d1",
    sql: `UPDATE order_items SET quantity = quantity + 1 WHERE ${firstOf("order_items", "order_id")}`,
  },
  {
    what: "a return with one more",
    of: "d1",
    sql: `UPDATE return_items SET quantity = quantity + 1 WHERE ${firstOf("return_items", "return_id")}`,
  },
  { what: "a payment that is gone", of: "d1", sql: `DELETE FROM payments WHERE ${firstOf("payments", "payment_id")}` },
  { what: "a use that nobody made", of: "d1", sql: "UPDATE pricing_rules SET used = used - 1 WHERE used > 0" },
  {
    what: "a transfer that got one more",
    of: "d1",
    sql: `UPDATE transfer_items SET received = received + 1 WHERE ${firstOf("transfer_items", "transfer_id")}`,
  },
  { what: "a cart that forgot its order", of: "d1", sql: "UPDATE carts SET order_id = NULL WHERE order_id IS NOT NULL" },
  {
    what: "a level that D1 has otherwise",
    of: "d1",
    sql: "UPDATE stock_levels SET on_hand = on_hand + 1 WHERE variant_id = 'tea'",
  },
  { what: "a movement that D1 lacks", of: "d1", sql: "DELETE FROM stock_movements WHERE seq = 1" },
  {
    what: "something still owed",
    of: "d1",
    sql: "INSERT INTO stock_actions (action_id, order_id, hold_id, kind, lines, at_ms) VALUES ('owed', 'o', 'h', 'restock', '[]', 0)",
  },
  { what: "a unit from nowhere", of: "objects", sql: "UPDATE levels SET on_hand = on_hand + 1" },
  {
    what: "a sale of another order",
    of: "objects",
    sql: `UPDATE movements SET reference_id = 'other' WHERE ${first("movements", "kind = 'sale'")}`,
  },
  { what: "a receipt that is gone", of: "objects", sql: `DELETE FROM movements WHERE ${first("movements", "kind = 'receive'")}` },
  {
    what: "a count that was done twice",
    of: "objects",
    sql: `UPDATE movements SET external_reference = 'again' WHERE ${first("movements", "kind = 'count'")}`,
  },
  {
    what: "a reservation of nobody",
    of: "objects",
    sql: `INSERT INTO holds (hold_id, variant_id, warehouse_id, quantity, purpose, expires_at_ms) SELECT 'nobody', variant_id, warehouse_id, 1,
      'placing', 0 FROM levels LIMIT 1`,
  },
];

/** What became of the tries. */
export interface Tried {
  found: number;
  /** Those that nothing in the run gave an occasion for. */
  without: string[];
  /** Those that no check saw. */
  unseen: string[];
}

/**
 * Falsifies copies of a state and has each looked at.
 * @param folder of the state, which nothing writes any more  @param look what is found in a state's folder
 */
export function tryChecks(folder: string, look: (state: string) => string[]): Tried {
  const copy = `${folder}-tampered`;
  const tried: Tried = { found: 0, without: [], unseen: [] };
  for (const tampering of TAMPERINGS) {
    cpSync(folder, copy, { recursive: true });
    if (!tamper(copy, tampering)) tried.without.push(tampering.what);
    else if (look(copy).length > 0) tried.found += 1;
    else tried.unseen.push(tampering.what);
    rmSync(copy, { recursive: true });
  }
  return tried;
}

function tamper(folder: string, { of, sql }: Tampering): boolean {
  return databasesOf(folder, of).some((file) => {
    const db = new DatabaseSync(file);
    try {
      return db.prepare(sql).run().changes > 0;
    } finally {
      db.close();
    }
  });
}

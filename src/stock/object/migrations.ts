/**
 * The object's schema, one step per release. Never edit a released step: an object may first wake after years, and then runs
 * every step that it has not run yet, in order, each in one transaction.
 */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE levels (
    variant_id TEXT NOT NULL,
    warehouse_id TEXT NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    version INTEGER NOT NULL,
    flushed_version INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (variant_id, warehouse_id),
    CHECK (0 <= reserved AND reserved <= on_hand)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE holds (
    hold_id TEXT NOT NULL,
    variant_id TEXT NOT NULL,
    warehouse_id TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    purpose TEXT NOT NULL CHECK (purpose IN ('placing', 'awaiting_payment', 'cart')),
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (hold_id, variant_id, warehouse_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX holds_expiry ON holds (expires_at_ms);
  CREATE TABLE movements (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    variant_id TEXT NOT NULL,
    warehouse_id TEXT NOT NULL,
    delta_on_hand INTEGER NOT NULL,
    delta_reserved INTEGER NOT NULL,
    on_hand_after INTEGER NOT NULL,
    reserved_after INTEGER NOT NULL,
    reason TEXT,
    reference_type TEXT NOT NULL,
    reference_id TEXT NOT NULL,
    external_reference TEXT,
    request_hash TEXT,
    actor TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX movements_reference ON movements (reference_id, kind, variant_id, warehouse_id);
  CREATE TABLE carts_seen (
    cart_id TEXT NOT NULL,
    variant_id TEXT NOT NULL,
    edit_no INTEGER NOT NULL,
    PRIMARY KEY (cart_id, variant_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE flush_state (flushed_seq INTEGER NOT NULL) STRICT;
  INSERT INTO flush_state (flushed_seq) VALUES (0);
  `,
  `ALTER TABLE movements ADD COLUMN request_id TEXT;`,
  `CREATE TABLE transfers_ended (transfer_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
  `
  ALTER TABLE holds ADD COLUMN cart_expires_at_ms INTEGER;
  CREATE TABLE checkouts (cart_id TEXT PRIMARY KEY, generation INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE adjustments_refused (
    reference_id TEXT PRIMARY KEY,
    request_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX adjustments_refused_at ON adjustments_refused (at_ms);
  `,
  `
  ALTER TABLE levels ADD COLUMN allocated INTEGER NOT NULL DEFAULT 0 CHECK (0 <= allocated AND reserved + allocated <= on_hand);
  ALTER TABLE movements ADD COLUMN delta_allocated INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE movements ADD COLUMN allocated_after INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE allocations (
    hold_id TEXT NOT NULL,
    variant_id TEXT NOT NULL,
    warehouse_id TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (hold_id, variant_id, warehouse_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE holds ADD COLUMN client TEXT;
  CREATE INDEX holds_client ON holds (client) WHERE client IS NOT NULL;
  `,
  `
  CREATE TABLE shortages (
    variant_id TEXT NOT NULL,
    warehouse_id TEXT NOT NULL,
    units INTEGER NOT NULL CHECK (units > 0),
    round INTEGER NOT NULL,
    reference_id TEXT NOT NULL UNIQUE,
    adjustment TEXT NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    PRIMARY KEY (variant_id, warehouse_id)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Migrates an object's storage to the newest schema. @throws what SQLite throws; a failed step is rolled back */
export function migrate(storage: DurableObjectStorage, steps = STEPS): void {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT");
  const [at] = sql.exec<{ version: number }>("SELECT version FROM schema_version").toArray();
  if (!at) sql.exec("INSERT INTO schema_version (version) VALUES (0)");
  for (const [index, step] of steps.entries()) {
    if (index < (at?.version ?? 0)) continue;
    storage.transactionSync(() => {
      sql.exec(step);
      sql.exec("UPDATE schema_version SET version = ?", index + 1);
    });
  }
}

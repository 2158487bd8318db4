/** Batches to run one after the other, and their expected outcomes. */
export interface Case {
  claim: string;
  batches: readonly (readonly (readonly [text: string, ...bindings: unknown[]])[])[];
  /** Per batch, the rows of its statements, or the message of its error. */
  outcomes: readonly (readonly object[][] | string)[];
}

/**
 * The behaviour of D1 that the sources rely on. The same cases run against the real D1 and the simulated one, so that the simulation
 * proves something about the real database.
 */
export const D1_CASES: readonly Case[] = [
  {
    claim: "a batch whose last statement fails is rolled back, and the error names the duplicate primary key",
    batches: [
      [
        ["INSERT INTO fences (id, at_ms) VALUES (?, ?)", "case-1", 1],
        ["INSERT INTO fences (id, at_ms) VALUES (?, ?)", "case-1", 2],
      ],
      [["SELECT count(*) AS n FROM fences WHERE id = ?", "case-1"]],
    ],
    outcomes: ["D1_ERROR: UNIQUE constraint failed: fences.id: SQLITE_CONSTRAINT", [[{ n: 0 }]]],
  },
  {
    claim: "a sub-select that is NULL violates NOT NULL, and the error names the column",
    batches: [[["INSERT INTO fences (id, at_ms) SELECT ?, (SELECT 1 WHERE 1 = 2)", "case-2"]]],
    outcomes: ["D1_ERROR: NOT NULL constraint failed: fences.at_ms: SQLITE_CONSTRAINT"],
  },
  {
    claim: "the error of a CHECK names the constraint",
    batches: [[["INSERT INTO rule_customers (rule_id, customer_id, used, most) VALUES ('case-3', 'c', 2, 1)"]]],
    outcomes: ["D1_ERROR: CHECK constraint failed: rule_customers_used: SQLITE_CONSTRAINT"],
  },
  {
    claim: "numbers are bound as REAL, can be cast to INTEGER, and are stored as INTEGER in a STRICT column",
    batches: [
      [
        ["SELECT typeof(?1) AS bound, typeof(CAST(?1 AS INTEGER)) AS given, CAST(?1 AS INTEGER) AS value", 1_791_202_500_834],
        ["INSERT INTO fences (id, at_ms) VALUES (?, ?)", "case-4", 1_791_202_500_834],
        ["SELECT typeof(at_ms) AS kept, at_ms AS atMs, answer FROM fences WHERE id = ?", "case-4"],
      ],
    ],
    outcomes: [
      [
        [{ bound: "real", given: "integer", value: 1_791_202_500_834 }],
        [],
        [{ kept: "integer", atMs: 1_791_202_500_834, answer: null }],
      ],
    ],
  },
  {
    claim: "a list is bound as one JSON parameter, an older version changes nothing, and RETURNING returns the rows written",
    batches: [
      [
        [
          `INSERT INTO fences (id, at_ms) SELECT value->>'id', value->>'at' FROM json_each(?) WHERE true
           ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms WHERE excluded.at_ms > fences.at_ms RETURNING id, at_ms AS at`,
          JSON.stringify([
            { id: "case-5", at: 2 },
            { id: "case-5", at: 1 },
          ]),
        ],
        ["SELECT at_ms AS at FROM fences WHERE id = 'case-5'"],
      ],
    ],
    outcomes: [[[{ id: "case-5", at: 2 }], [{ at: 2 }]]],
  },
];

/**
 * Exercises the behaviour of an object's storage that the sources rely on.
 * @param storage empty, with the schema of the objects  @returns the outcomes, equal to `STORAGE_OUTCOMES`
 */
export function tryStorage(storage: DurableObjectStorage): unknown[] {
  const level = (warehouseId: string, onHand: number, reserved: number) =>
    storage.sql.exec(
      "INSERT INTO levels (variant_id, warehouse_id, on_hand, reserved, version) VALUES ('v', ?, ?, ?, 1)",
      warehouseId,
      onHand,
      reserved,
    );
  const record = () =>
    storage.sql
      .exec(`INSERT INTO movements (kind, variant_id, warehouse_id, delta_on_hand, delta_reserved, on_hand_after, reserved_after,
      reference_type, reference_id, actor, at_ms) VALUES ('receive', 'v', 'BLR', 2, 0, 2, 0, 'adjustment', 'r', 'a', 1) RETURNING seq`);
  const failures: unknown[] = [];
  const failing = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      failures.push((error as Error).message.replace(/: SQLITE_CONSTRAINT.*$/, ""));
    }
  };
  storage.transactionSync(() => {
    level("BLR", 2, 1);
    failing(() => storage.transactionSync(() => (level("MUM", 1, 0), level("DEL", 1, -1))));
  });
  const [first] = record().toArray();
  failing(record);
  failing(() => storage.sql.exec("SELECT 1 FROM holds").one());
  const places = storage.sql.exec("SELECT warehouse_id AS place, on_hand - reserved AS free FROM levels").toArray();
  const bound = storage.sql.exec("SELECT typeof(?) AS bound, ? AS absent", 5, null).one();
  return [failures.slice(0, 2), failures.length, { ...first }, places.map((row) => ({ ...row })), { ...bound }];
}

/** The outcomes of `tryStorage`. */
export const STORAGE_OUTCOMES = [
  [
    "CHECK constraint failed: 0 <= reserved AND reserved <= on_hand",
    "UNIQUE constraint failed: movements.reference_id, movements.kind, movements.variant_id, movements.warehouse_id",
  ],
  3,
  { seq: 1 },
  [{ place: "BLR", free: 1 }],
  { bound: "real", absent: null },
];

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

// Reads the state of a run from its SQLite files, beside the Worker and without any of Holdfast's code.

/** A row by its columns. */
export type Row = Record<string, string | number | null>;

export interface Level {
  variant_id: string;
  warehouse_id: string;
  on_hand: number;
  reserved: number;
  allocated: number;
  version: number;
  flushed_version: number;
}

interface Hold {
  hold_id: string;
  variant_id: string;
  warehouse_id: string;
  quantity: number;
  purpose: string;
  expires_at_ms: number;
}

export interface Movement {
  seq: number;
  kind: string;
  variant_id: string;
  warehouse_id: string;
  delta_on_hand: number;
  delta_reserved: number;
  delta_allocated: number;
  reference_type: string;
  reference_id: string;
  external_reference: string | null;
}

/** The storage of one product's object. */
export interface ObjectState {
  levels: Level[];
  holds: Hold[];
  allocations: Omit<Hold, "purpose" | "expires_at_ms">[];
  movements: Movement[];
  flushedSeq: number;
}

export interface State {
  /** Queries D1. */
  d1: (query: string) => Row[];
  objects: ObjectState[];
}

const FOLDERS = { d1: "d1/miniflare-D1DatabaseObject", objects: "do/holdfast-StockCounter" };
/** How long a read waits for a writer. */
const TIMEOUT_MS = 5_000;

/** Reads the files of a run, also while it goes on. Each file is read in one transaction. */
export function withState<T>(folder: string, use: (state: State) => T): T {
  return withD1(folder, (d1) => use({ d1, objects: readObjects(folder) }));
}

/** Reads D1 alone, in one transaction. */
export function withD1<T>(folder: string, use: (d1: State["d1"]) => T): T {
  const [file = "no-database"] = databasesOf(folder, "d1");
  const db = new DatabaseSync(file, { readOnly: true, timeout: TIMEOUT_MS });
  try {
    db.exec("BEGIN");
    return use((query) => db.prepare(query).all() as Row[]);
  } finally {
    db.close();
  }
}

/** The number of holds. */
export function countHolds(folder: string): number {
  return readObjects(folder).reduce((holds, object) => holds + object.holds.length, 0);
}

function readObjects(folder: string): ObjectState[] {
  return databasesOf(folder, "objects").map((file) => {
    const db = new DatabaseSync(file, { readOnly: true, timeout: TIMEOUT_MS });
    try {
      db.exec("BEGIN");
      const all = <R>(query: string) => db.prepare(query).all() as R[];
      const [flushed] = all<{ flushed_seq: number }>("SELECT flushed_seq FROM flush_state");
      return {
        levels: all<Level>("SELECT * FROM levels"),
        holds: all<Hold>("SELECT * FROM holds"),
        allocations: all<Hold>("SELECT * FROM allocations"),
        movements: all<Movement>("SELECT * FROM movements ORDER BY seq"),
        flushedSeq: flushed?.flushed_seq ?? 0,
      };
    } finally {
      db.close();
    }
  });
}

/** The SQLite files of D1 (one file) or of the objects. */
export function databasesOf(folder: string, kind: keyof typeof FOLDERS): string[] {
  const inside = join(folder, FOLDERS[kind]);
  const names = readdirSync(inside).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  return names.map((name) => join(inside, name));
}

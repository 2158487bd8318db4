import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

// What a run left on disk, read as SQLite files beside the Worker: nothing of Holdfast's own code is believed.

/** Rows of any table, with the columns as SQL names them. */
export type Row = Record<string, string | number | null>;

export interface Level {
  variant_id: string;
  warehouse_id: string;
  on_hand: number;
  reserved: number;
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
  reference_id: string;
  external_reference: string | null;
}

/** One product's object. */
export interface ObjectState {
  levels: Level[];
  holds: Hold[];
  movements: Movement[];
  flushedSeq: number;
}

export interface State {
  /** Rows of D1. */
  d1: (query: string) => Row[];
  objects: ObjectState[];
}

const D1_FOLDER = "d1/miniflare-D1DatabaseObject";
const OBJECTS_FOLDER = "do/holdfast-StockCounter";

/** Reads the files of a run, whether it still runs or not; each file as of one moment. */
export function withState<T>(folder: string, use: (state: State) => T): T {
  const [file = "no-database"] = databasesIn(join(folder, D1_FOLDER));
  const d1 = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return use({ d1: (query) => d1.prepare(query).all() as Row[], objects: readObjects(folder) });
  } finally {
    d1.close();
  }
}

function readObjects(folder: string): ObjectState[] {
  return databasesIn(join(folder, OBJECTS_FOLDER)).map((file) => {
    const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    try {
      db.exec("BEGIN");
      const all = <R>(query: string) => db.prepare(query).all() as R[];
      const [flushed] = all<{ flushed_seq: number }>("SELECT flushed_seq FROM flush_state");
      return {
        levels: all<Level>("SELECT * FROM levels"),
        holds: all<Hold>("SELECT * FROM holds"),
        movements: all<Movement>("SELECT * FROM movements ORDER BY seq"),
        flushedSeq: flushed?.flushed_seq ?? 0,
      };
    } finally {
      db.close();
    }
  });
}

function databasesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")
    .map((name) => join(folder, name));
}

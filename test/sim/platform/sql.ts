import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** A row as SQLite tells it. */
export type Row = Record<string, unknown>;

/** One SQLite in memory. */
export interface Sql {
  /** Runs one statement. @throws what SQLite throws */
  run(text: string, bindings?: readonly unknown[]): { rows: Row[]; changes: number };
  /** Runs any number of statements without bindings. */
  script(text: string): void;
  /** Runs something whole or not at all. @throws what it throws, when nothing of it is left */
  whole<T>(run: () => T): T;
}

interface Prepared {
  statement: StatementSync;
  isRead: boolean;
}

/** Opens an empty SQLite. Each text is compiled once, however often it is run. */
export function openSql(): Sql {
  const db = new DatabaseSync(":memory:");
  const known = new Map<string, Prepared>();
  const prepared = (text: string): Prepared => {
    const found = known.get(text);
    if (found) return found;
    const statement = db.prepare(text);
    const made = { statement, isRead: statement.columns().length > 0 };
    known.set(text, made);
    return made;
  };
  return {
    run(text, bindings = []) {
      const { statement, isRead } = prepared(text);
      const values = bindings as SQLInputValue[];
      if (!isRead) return { rows: [], changes: Number(statement.run(...values).changes) };
      return { rows: statement.all(...values), changes: 0 };
    },
    script: (text) => db.exec(text),
    whole(run) {
      db.exec("SAVEPOINT whole");
      try {
        const value = run();
        db.exec("RELEASE whole");
        return value;
      } catch (error) {
        db.exec("ROLLBACK TO whole");
        db.exec("RELEASE whole");
        throw error;
      }
    },
  };
}

/** Marks a state that `rewind` goes back to. */
export function mark(sql: Sql): void {
  sql.script("SAVEPOINT marked");
}

/** Goes back to what was marked; it stays marked. */
export function rewind(sql: Sql): void {
  sql.script("ROLLBACK TO marked");
}

import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** A row by its columns. */
export type Row = Record<string, unknown>;

/** An in-memory SQLite database. */
export interface Sql {
  /** Runs one statement. @throws what SQLite throws */
  run(text: string, bindings?: readonly unknown[]): { rows: Row[]; changes: number };
  /** Runs any number of statements without bindings. */
  script(text: string): void;
  /** Runs `run` in a transaction, which may be nested. @throws what it throws, after a rollback */
  transaction<T>(run: () => T): T;
}

interface Prepared {
  statement: StatementSync;
  isRead: boolean;
}

/** Opens an empty database. Each statement text is compiled once. */
export function openSql(): Sql {
  const db = new DatabaseSync(":memory:");
  const statements = new Map<string, Prepared>();
  const prepared = (text: string): Prepared => {
    const compiled = statements.get(text);
    if (compiled) return compiled;
    const statement = db.prepare(text);
    const compiledNow = { statement, isRead: statement.columns().length > 0 };
    statements.set(text, compiledNow);
    return compiledNow;
  };
  return {
    run(text, bindings = []) {
      const { statement, isRead } = prepared(text);
      const values = bindings as SQLInputValue[];
      if (!isRead) return { rows: [], changes: Number(statement.run(...values).changes) };
      return { rows: statement.all(...values), changes: 0 };
    },
    script: (text) => db.exec(text),
    transaction(run) {
      db.exec("SAVEPOINT nested");
      try {
        const value = run();
        db.exec("RELEASE nested");
        return value;
      } catch (error) {
        db.exec("ROLLBACK TO nested");
        db.exec("RELEASE nested");
        throw error;
      }
    },
  };
}

/** Takes the snapshot that `restoreSnapshot` returns to. */
export function takeSnapshot(sql: Sql): void {
  sql.script("SAVEPOINT snapshot");
}

/** Returns to the snapshot, which is kept. */
export function restoreSnapshot(sql: Sql): void {
  sql.script("ROLLBACK TO snapshot");
}

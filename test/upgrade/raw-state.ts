import { join } from "node:path";
import { startServer } from "../deployed/server.ts";
import type { Fixture } from "./fixture.ts";

/** Access to the raw state of D1 and the objects while no shop runs on it. */
export interface RawState {
  queryD1: (query: string) => Promise<Row[]>;
  query: (productId: string, query: string) => Promise<Row[]>;
  alarmAtMs: (productId: string) => Promise<number | null>;
  fill: (fixture: Fixture, laterMs: number) => Promise<void>;
}

export type Row = Record<string, string | number | null>;

/** Opens a state for one use. @param migrations the folder of migrations to apply to D1 first; `null` for none */
export async function withRawState<T>(
  state: string,
  migrations: string | null,
  use: (rawState: RawState) => Promise<T>,
): Promise<T> {
  const server = await startServer({ script: join(import.meta.dirname, "raw-state-worker.js"), state, migrations });
  const call = async (what: string, args: object) => {
    const response = await fetch(server.url, { method: "POST", body: JSON.stringify({ what, ...args }) });
    if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
    const { result } = await response.json<{ result: unknown }>();
    return result;
  };
  const rawState: RawState = {
    queryD1: (query) => call("queryD1", { query }) as Promise<Row[]>,
    query: (productId, query) => call("query", { productId, query }) as Promise<Row[]>,
    alarmAtMs: (productId) => call("alarmAtMs", { productId }) as Promise<number | null>,
    fill: async ({ d1, objects }, laterMs) => {
      await call("fillD1", { statements: d1.map((statement) => moveTimes(statement, laterMs)) });
      for (const { productId, statements, alarmAtMs } of objects) {
        const moved = statements.map((statement) => moveTimes(statement, laterMs));
        await call("fill", { productId, statements: moved, alarmAtMs: alarmAtMs === null ? null : alarmAtMs + laterMs });
      }
    },
  };
  try {
    return await use(rawState);
  } finally {
    await server.stop();
  }
}

/** Moves all times of an INSERT, which are in columns whose names end in `_ms`. */
function moveTimes(statement: string, laterMs: number): string {
  const [, head, columns, values] = /^(INSERT INTO \S+) \((.+?)\) VALUES \((.*)\);$/.exec(statement) ?? [];
  if (head === undefined || columns === undefined || values === undefined) return statement;
  const isTime = columns.split(", ").map((column) => column.endsWith("_ms"));
  const moved = literalsOf(values).map((value, index) =>
    isTime[index] && value !== "NULL" ? String(Number(value) + laterMs) : value,
  );
  return `${head} (${columns}) VALUES (${moved.join(", ")});`;
}

/** Splits SQL literals: quoted texts, which may contain commas, numbers and NULL. */
function literalsOf(values: string): string[] {
  return values.match(/'(?:[^']|'')*'|[^,\s]+/g) ?? [];
}

import { join } from "node:path";
import { startServer } from "../deployed/server.ts";
import type { Fixture } from "./fixture.ts";

/** A state that no shop runs on: what D1 and the objects keep, for whoever reads or fills it. */
export interface Keeper {
  queryD1: (query: string) => Promise<Row[]>;
  query: (productId: string, query: string) => Promise<Row[]>;
  alarmAtMs: (productId: string) => Promise<number | null>;
  fill: (fixture: Fixture, laterMs: number) => Promise<void>;
}

export type Row = Record<string, string | number | null>;

/** Opens a state, and closes it afterwards. @param migrations the folder of those to apply to D1; `null` for none */
export async function withKeeper<T>(state: string, migrations: string | null, use: (keeper: Keeper) => Promise<T>): Promise<T> {
  const server = await startServer({ script: join(import.meta.dirname, "keeper.js"), state, migrations });
  const call = async (what: string, asked: object) => {
    const response = await fetch(server.url, { method: "POST", body: JSON.stringify({ what, ...asked }) });
    if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
    const { said } = await response.json<{ said: unknown }>();
    return said;
  };
  const keeper: Keeper = {
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
    return await use(keeper);
  } finally {
    await server.stop();
  }
}

/** Moves the times of an INSERT, which stand in columns whose names say so, as if all had happened later. */
function moveTimes(statement: string, laterMs: number): string {
  const [, head, columns, values] = /^(INSERT INTO \S+) \((.+?)\) VALUES \((.*)\);$/.exec(statement) ?? [];
  if (head === undefined || columns === undefined || values === undefined) return statement;
  const isTime = columns.split(", ").map((column) => column.endsWith("_ms"));
  const moved = literalsOf(values).map((value, index) =>
    isTime[index] && value !== "NULL" ? String(Number(value) + laterMs) : value,
  );
  return `${head} (${columns}) VALUES (${moved.join(", ")});`;
}

/** Literals of SQL: texts in quotes, which have commas too, numbers and NULL. */
function literalsOf(values: string): string[] {
  return values.match(/'(?:[^']|'')*'|[^,\s]+/g) ?? [];
}

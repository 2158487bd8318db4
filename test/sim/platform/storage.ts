import type { Sql } from "./sql.ts";
import type { Actor } from "../engine/scheduler.ts";

/** When an object is to be woken; null where it is not. */
export interface Bell {
  get(): number | null;
  set(atMs: number | null): void;
}

/**
 * What an object is made with, as far as its sources use it: its storage is its own, whichever of its lives writes.
 * @returns also what it has to have done before it hears any call
 */
export function stateFor(productId: string, sql: Sql, life: Actor, bell: Bell) {
  const alive = () => {
    if (!life.isAlive) throw new Error(`${life.name} is dead and went on`);
  };
  const exec = (text: string, ...bindings: unknown[]) => {
    alive();
    const { rows } = isScript(text) ? (sql.script(text), { rows: [] }) : sql.run(text, bindings);
    return { toArray: () => rows, one: () => onlyOf(rows), [Symbol.iterator]: () => rows[Symbol.iterator]() };
  };
  const transactionSync = <T>(run: () => T): T => {
    alive();
    return sql.whole(run);
  };
  const setAlarm = async (atMs: number) => bell.set(atMs);
  const storage = {
    sql: { exec },
    transactionSync,
    getAlarm: async () => bell.get(),
    setAlarm,
    deleteAlarm: async () => bell.set(null),
  };
  const begun: Promise<unknown>[] = [];
  const blockConcurrencyWhile = <T>(run: () => Promise<T>) => {
    const blocking = run();
    begun.push(blocking);
    return blocking;
  };
  const state = { id: { name: productId }, storage, blockConcurrencyWhile } as unknown as DurableObjectState;
  return { state, begun };
}

/** More than one statement at once, as migrations have; they bind nothing. */
function isScript(text: string): boolean {
  return text.trimEnd().slice(0, -1).includes(";");
}

function onlyOf<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined || rows.length !== 1)
    throw new Error(`Expected exactly one result from SQL query, but got ${rows.length}`);
  return row;
}

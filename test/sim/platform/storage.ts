import type { Sql } from "./sql.ts";
import type { Actor } from "../engine/scheduler.ts";

/** An object's alarm, in ms since 1970; null where none is set. */
export interface Alarm {
  get(): number | null;
  set(atMs: number | null): void;
}

/**
 * The state that an object is constructed with, as far as the sources use it. All instances of an object share its storage.
 * @param instance whose writes fail once it is dead  @returns also what the first call has to wait for
 */
export function stateFor(productId: string, sql: Sql, instance: Actor, alarm: Alarm) {
  const assertAlive = () => {
    if (!instance.isAlive) throw new Error(`${instance.name} is dead and went on`);
  };
  const exec = (text: string, ...bindings: unknown[]) => {
    assertAlive();
    const { rows } = isScript(text) ? (sql.script(text), { rows: [] }) : sql.run(text, bindings);
    return { toArray: () => rows, one: () => onlyOf(rows), [Symbol.iterator]: () => rows[Symbol.iterator]() };
  };
  const transactionSync = <T>(run: () => T): T => {
    assertAlive();
    return sql.transaction(run);
  };
  const setAlarm = async (atMs: number) => alarm.set(atMs);
  const storage = {
    sql: { exec },
    transactionSync,
    getAlarm: async () => alarm.get(),
    setAlarm,
    deleteAlarm: async () => alarm.set(null),
  };
  const blocking: Promise<unknown>[] = [];
  const blockConcurrencyWhile = <T>(run: () => Promise<T>) => {
    const promise = run();
    blocking.push(promise);
    return promise;
  };
  // What the sources defer handles its own failures.
  const waitUntil = () => {};
  const state = { id: { name: productId }, storage, blockConcurrencyWhile, waitUntil } as unknown as DurableObjectState;
  return { state, blocking };
}

/** Whether a text has more than one statement. Only migrations do; they have no bindings. */
function isScript(text: string): boolean {
  return text.trimEnd().slice(0, -1).includes(";");
}

function onlyOf<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined || rows.length !== 1)
    throw new Error(`Expected exactly one result from SQL query, but got ${rows.length}`);
  return row;
}

import type { StockCounter } from "../../../src/index.ts";
import {
  type Actor,
  cancel,
  enqueue,
  kill,
  newActor,
  reportFinding,
  type Scheduler,
  type Task,
  trace,
} from "../engine/scheduler.ts";
import type { Sql } from "./sql.ts";
import { type Alarm, stateFor } from "./storage.ts";

/** A product's object: its durable storage and alarm, and the instance that is in memory, if there is one. */
export interface ObjectHost {
  productId: string;
  sql: Sql;
  instance: Instance | undefined;
  /** How many instances there were so far. */
  instances: number;
  alarm: { atMs: number; task: Task } | undefined;
  isAlarmRunning: boolean;
  /** An alarm came due while the handler still ran, and no other was set since. */
  isAlarmPending: boolean;
}

interface Instance {
  actor: Actor;
  object: StockCounter;
  /** What the constructor blocks concurrency for: the first call waits for it. */
  blocking: readonly Promise<unknown>[];
  /** Rejects the unanswered calls when the instance dies. */
  open: Set<(error: Error) => void>;
}

/** All objects of a schedule, and how an instance is constructed. */
export interface ObjectRuntime {
  scheduler: Scheduler;
  hosts: Map<string, ObjectHost>;
  create: (state: DurableObjectState, actor: Actor) => StockCounter;
}

/** An object that has storage and no instance. */
export function newHost(productId: string, sql: Sql): ObjectHost {
  return { productId, sql, instance: undefined, instances: 0, alarm: undefined, isAlarmRunning: false, isAlarmPending: false };
}

/** The object's instance; constructs one if there is none. */
export function instanceOf(runtime: ObjectRuntime, host: ObjectHost): Instance {
  if (host.instance) return host.instance;
  host.instances += 1;
  const actor = newActor(`${host.productId}#${host.instances}`);
  runtime.scheduler.running = actor;
  const { state, blocking } = stateFor(host.productId, host.sql, actor, alarmOf(runtime, host));
  const object = runtime.create(state, actor);
  host.instance = { actor, object, blocking, open: new Set() };
  return host.instance;
}

/** Kills the object's instance: its memory is lost, its storage stays. */
export function crashInstance(runtime: ObjectRuntime, host: ObjectHost): void {
  const { instance } = host;
  if (!instance) return;
  const { scheduler } = runtime;
  trace(scheduler, instance.actor, () => "dies");
  kill(scheduler, instance.actor);
  host.instance = undefined;
  const reset = Object.assign(new Error("Durable Object reset"), { retryable: true, durableObjectReset: true });
  for (const reject of instance.open) reject(reset);
  // The platform runs an alarm again whose handler did not finish.
  const isRetried = host.isAlarmPending || (host.isAlarmRunning && host.alarm === undefined);
  host.isAlarmRunning = false;
  if (isRetried) alarmOf(runtime, host).set(scheduler.nowMs);
}

/** The object's only alarm. It runs some time after it is due. */
function alarmOf(runtime: ObjectRuntime, host: ObjectHost): Alarm {
  const { scheduler } = runtime;
  return {
    get: () => host.alarm?.atMs ?? null,
    set(atMs) {
      cancel(scheduler, host.alarm?.task);
      Object.assign(host, { alarm: undefined, isAlarmPending: false });
      if (atMs === null) return;
      const isLate = scheduler.random.chance(scheduler.faultRates.lateAlarm);
      const delayMs =
        Math.max(atMs - scheduler.nowMs, 0) + (isLate ? scheduler.random.below(300_000) : scheduler.random.below(20));
      const task = enqueue(
        scheduler,
        scheduler.alarms,
        delayMs,
        () => `${host.productId} alarm`,
        () => runAlarm(runtime, host),
      );
      host.alarm = { atMs, task };
    },
  };
}

function runAlarm(runtime: ObjectRuntime, host: ObjectHost): void {
  const { scheduler } = runtime;
  if (host.isAlarmRunning) {
    host.isAlarmPending = true;
    return;
  }
  Object.assign(host, { alarm: undefined, isAlarmRunning: true });
  const instance = instanceOf(runtime, host);
  scheduler.running = instance.actor;
  const finish = () => {
    if (!instance.actor.isAlive) return;
    host.isAlarmRunning = false;
    if (host.isAlarmPending) alarmOf(runtime, host).set(scheduler.nowMs);
  };
  const handled = Promise.all(instance.blocking).then(() => instance.object.alarm());
  handled.then(finish, (error: unknown) => {
    finish();
    reportFinding(scheduler, `the alarm of ${host.productId} threw ${String(error)}`);
  });
}

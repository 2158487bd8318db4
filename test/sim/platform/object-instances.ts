import type { StockCounter } from "../../../src/index.ts";
import type { Sql } from "./sql.ts";
import { type Bell, stateFor } from "./storage.ts";
import { type Actor, actorOf, cancel, type Due, kill, later, report, tell, type World } from "../engine/scheduler.ts";

/** A product's object: its storage for ever, and the life that it is in, if it is in memory. */
export interface Host {
  productId: string;
  sql: Sql;
  life: Life | undefined;
  lives: number;
  alarm: { atMs: number; due: Due } | undefined;
  isRinging: boolean;
  /** Its time came while an earlier one went on, and nobody has set another since. */
  isDueAgain: boolean;
}

/** One stay in memory. */
interface Life {
  actor: Actor;
  object: StockCounter;
  /** What comes before the first call. */
  begun: readonly Promise<unknown>[];
  /** Calls that it has not answered, to be told that it died. */
  open: Set<(error: Error) => void>;
}

/** What makes a life of an object. */
export interface Maker {
  world: World;
  hosts: Map<string, Host>;
  make: (state: DurableObjectState, actor: Actor) => StockCounter;
}

/** An object that is not in memory, with the storage that it has. */
export function hostOf(productId: string, sql: Sql): Host {
  return { productId, sql, life: undefined, lives: 0, alarm: undefined, isRinging: false, isDueAgain: false };
}

/** The life that an object is in; where it is in none it begins one. */
export function alive(maker: Maker, host: Host): Life {
  if (host.life) return host.life;
  host.lives += 1;
  const actor = actorOf(`${host.productId}#${host.lives}`);
  maker.world.running = actor;
  const { state, begun } = stateFor(host.productId, host.sql, actor, bellOf(maker, host));
  const object = maker.make(state, actor);
  host.life = { actor, object, begun, open: new Set() };
  return host.life;
}

/** Ends the life that an object is in: what it remembered is gone, what it wrote is there. */
export function crashObject(maker: Maker, host: Host): void {
  const { life } = host;
  if (!life) return;
  const { world } = maker;
  tell(world, life.actor, () => "dies");
  kill(world, life.actor);
  host.life = undefined;
  const reset = Object.assign(new Error("Durable Object reset"), { retryable: true, durableObjectReset: true });
  for (const reject of life.open) reject(reset);
  // The platform rings again where an alarm did not end.
  const isOwed = host.isDueAgain || (host.isRinging && host.alarm === undefined);
  host.isRinging = false;
  if (isOwed) bellOf(maker, host).set(world.nowMs);
}

/** An object has one alarm; it rings some time after it is due. */
function bellOf(maker: Maker, host: Host): Bell {
  const { world } = maker;
  return {
    get: () => host.alarm?.atMs ?? null,
    set(atMs) {
      cancel(world, host.alarm?.due);
      Object.assign(host, { alarm: undefined, isDueAgain: false });
      if (atMs === null) return;
      const isLate = world.chance.is(world.weather.lateAlarm);
      const delayMs = Math.max(atMs - world.nowMs, 0) + (isLate ? world.chance.below(300_000) : world.chance.below(20));
      const due = later(
        world,
        world.bells,
        delayMs,
        () => `${host.productId} alarm`,
        () => ring(maker, host),
      );
      host.alarm = { atMs, due };
    },
  };
}

function ring(maker: Maker, host: Host): void {
  const { world } = maker;
  if (host.isRinging) {
    host.isDueAgain = true;
    return;
  }
  Object.assign(host, { alarm: undefined, isRinging: true });
  const life = alive(maker, host);
  world.running = life.actor;
  const ended = () => {
    if (!life.actor.isAlive) return;
    host.isRinging = false;
    if (host.isDueAgain) bellOf(maker, host).set(world.nowMs);
  };
  const rung = Promise.all(life.begun).then(() => life.object.alarm());
  rung.then(ended, (error: unknown) => {
    ended();
    report(world, `the alarm of ${host.productId} threw ${String(error)}`);
  });
}

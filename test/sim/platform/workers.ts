import { bindDeps } from "../../../src/bind.ts";
import type { Deps } from "../../../src/deps.ts";
import { Refusal } from "../../../src/errors.ts";
import { isSilence } from "../../../src/http/problem.ts";
import { drawLatency } from "../engine/faults.ts";
import { type Actor, actorOf, kill, later, report, tell, type World } from "../engine/scheduler.ts";

/** Isolates of the Worker that answer at one time; which of them is chance. */
const ISOLATES = 2;

/** One isolate: it remembers what isolates remember, and dies with all of its requests. */
interface Isolate {
  actor: Actor;
  env: Env;
  open: Set<() => void>;
}

/** The Worker as clients see it. */
export interface Fleet {
  world: World;
  isolates: Isolate[];
  started: number;
  envFor: (actor: Actor) => Env;
}

/** What a client hears of a request: an answer, a refusal, or nothing that it could rely on. */
export type Heard<T> = { answer: T } | { refusal: Refusal } | { unknown: string };

/** What a request does in its isolate. */
export type Verb<T> = (deps: Deps, isolate: Pick<Isolate, "env">) => Promise<T>;

export function fleetOf(world: World, envFor: Fleet["envFor"]): Fleet {
  return { world, isolates: [], started: 0, envFor };
}

/**
 * Sends a request to the Worker. Any answer may be lost with its isolate; work after the answer goes on in it.
 * @param words for the trace
 */
export function request<T>(fleet: Fleet, words: string, verb: Verb<T>): Promise<Heard<T>> {
  const { world } = fleet;
  return new Promise((resolve) => {
    const hear = (what: string, heard: Heard<T>) =>
      later(
        world,
        world.clients,
        drawLatency(world.chance, world.weather),
        () => `hears of ${words}: ${what}`,
        () => resolve(heard),
      );
    const arrive = () => {
      const isolate = isolateOf(fleet);
      world.running = isolate.actor;
      tell(world, isolate.actor, () => `begins ${words}`);
      const die = () => hear("the connection broke", { unknown: "the connection broke" });
      isolate.open.add(die);
      const { deps } = bindDeps(isolate.env, {
        waitUntil: (work) => void work.catch((error: unknown) => report(world, `deferred: ${String(error)}`)),
      });
      verb(deps, isolate).then(
        (answer) => isolate.open.delete(die) && hear("done", { answer }),
        (error: unknown) => isolate.open.delete(die) && hear(String(error), refused(world, words, error)),
      );
    };
    later(world, world.network, drawLatency(world.chance, world.weather), () => `request ${words}`, arrive);
  });
}

/** As the app answers what a verb throws: 503 where something outside was silent; anything else would be a 500, and is a finding. */
function refused<T>(world: World, words: string, error: unknown): Heard<T> {
  if (error instanceof Refusal) {
    world.met(`refused: ${error.code}`);
    return error.code === "unresolved" ? { unknown: "unresolved" } : { refusal: error };
  }
  if (!isSilence(error)) report(world, `${words} failed: ${String(error)} ${String((error as Error).stack)}`);
  world.met("refused: unavailable");
  return { unknown: String(error) };
}

function isolateOf(fleet: Fleet): Isolate {
  const slot = fleet.world.chance.below(ISOLATES);
  const running = fleet.isolates[slot];
  if (running?.actor.isAlive) return running;
  fleet.started += 1;
  const actor = actorOf(`worker#${fleet.started}`);
  const isolate = { actor, env: fleet.envFor(actor), open: new Set<() => void>() };
  fleet.isolates[slot] = isolate;
  return isolate;
}

/** Ends an isolate: its requests are heard of no more, and nothing that it put off is done. */
export function crashIsolate(fleet: Fleet): void {
  const running = fleet.isolates.filter(({ actor }) => actor.isAlive);
  if (running.length === 0) return;
  const { actor, open } = fleet.world.chance.pick(running);
  tell(fleet.world, actor, () => "dies");
  kill(fleet.world, actor);
  for (const die of open) die();
}

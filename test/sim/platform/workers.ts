import { bindDeps } from "../../../src/bind.ts";
import type { Deps } from "../../../src/deps.ts";
import { Refusal } from "../../../src/errors.ts";
import { isSilence } from "../../../src/http/problem.ts";
import { drawLatency } from "../engine/faults.ts";
import { type Actor, enqueue, kill, newActor, reportFinding, type Scheduler, trace } from "../engine/scheduler.ts";

/** Isolates of the Worker that serve at one time; each request goes to a random one. */
const ISOLATES = 2;

/** One isolate. Its memory and all of its requests end with it. */
interface Isolate {
  actor: Actor;
  env: Env;
  /** Ends the unanswered requests when the isolate dies. */
  open: Set<() => void>;
}

/** The Worker as its clients see it: several isolates behind one address. */
export interface WorkerPool {
  scheduler: Scheduler;
  isolates: Isolate[];
  started: number;
  envFor: (actor: Actor) => Env;
}

/** The result of a request for its client: an answer, a refusal, or an unknown outcome. */
export type Reply<T> = { answer: T } | { refusal: Refusal } | { unknown: string };

/** What a request does in its isolate. */
export type Verb<T> = (deps: Deps, isolate: Pick<Isolate, "env">) => Promise<T>;

export function newWorkerPool(scheduler: Scheduler, envFor: WorkerPool["envFor"]): WorkerPool {
  return { scheduler, isolates: [], started: 0, envFor };
}

/**
 * Sends a request to the Worker. Any answer may be lost with its isolate; deferred work goes on in the isolate after the answer.
 * @param label for the trace
 */
export function request<T>(workers: WorkerPool, label: string, verb: Verb<T>): Promise<Reply<T>> {
  const { scheduler } = workers;
  return new Promise((resolve) => {
    const deliver = (what: string, reply: Reply<T>) =>
      enqueue(
        scheduler,
        scheduler.clients,
        drawLatency(scheduler.random, scheduler.faultRates),
        () => `receives ${label}: ${what}`,
        () => resolve(reply),
      );
    const arrive = () => {
      const isolate = isolateOf(workers);
      scheduler.running = isolate.actor;
      trace(scheduler, isolate.actor, () => `begins ${label}`);
      const die = () => deliver("the connection broke", { unknown: "the connection broke" });
      isolate.open.add(die);
      const { deps } = bindDeps(isolate.env, {
        waitUntil: (work) => void work.catch((error: unknown) => reportFinding(scheduler, `deferred: ${String(error)}`)),
      });
      verb(deps, isolate).then(
        (answer) => isolate.open.delete(die) && deliver("done", { answer }),
        (error: unknown) => isolate.open.delete(die) && deliver(String(error), refused(scheduler, label, error)),
      );
    };
    enqueue(scheduler, scheduler.network, drawLatency(scheduler.random, scheduler.faultRates), () => `request ${label}`, arrive);
  });
}

/** Maps what a verb throws as the app does: 503 when D1 or an object did not answer. Anything else would be a 500, which is a finding. */
function refused<T>(scheduler: Scheduler, label: string, error: unknown): Reply<T> {
  if (error instanceof Refusal) {
    scheduler.cover(`refused: ${error.code}`);
    return error.code === "unresolved" ? { unknown: "unresolved" } : { refusal: error };
  }
  if (!isSilence(error)) reportFinding(scheduler, `${label} failed: ${String(error)} ${String((error as Error).stack)}`);
  scheduler.cover("refused: unavailable");
  return { unknown: String(error) };
}

function isolateOf(workers: WorkerPool): Isolate {
  const slot = workers.scheduler.random.below(ISOLATES);
  const running = workers.isolates[slot];
  if (running?.actor.isAlive) return running;
  workers.started += 1;
  const actor = newActor(`worker#${workers.started}`);
  const isolate = { actor, env: workers.envFor(actor), open: new Set<() => void>() };
  workers.isolates[slot] = isolate;
  return isolate;
}

/** Kills a random isolate: its requests get no answer, and its deferred work is lost. */
export function crashIsolate(workers: WorkerPool): void {
  const running = workers.isolates.filter(({ actor }) => actor.isAlive);
  if (running.length === 0) return;
  const { actor, open } = workers.scheduler.random.pick(running);
  trace(workers.scheduler, actor, () => "dies");
  kill(workers.scheduler, actor);
  for (const die of open) die();
}

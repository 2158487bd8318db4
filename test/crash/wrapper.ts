import { env as settings, waitUntil } from "cloudflare:workers";
import type { StockCalls, StockMethod } from "../../src/stock/rules/stock-calls.ts";
import worker, { StockCounter as DeployedCounter } from "../../src/index.ts";
import { createRandom } from "../support/random.ts";

// The entry of a run's Worker, around the bundle as it would be deployed: it makes calls to D1 and to objects fail, lets objects
// die, and shifts the clock, so that what waits for minutes need not. Nothing of it is in the sources. One isolate has the Worker
// and its objects, so what is set here counts for both.

/** How often a call fails while it is quiet, in a storm, and how often one begins. A storm is over after a second and a half at most. */
const RATE_IN_STORM = 0.5;
const MAX_RATE = 0.7;
/** Calls of objects fail more often than D1: they are asked again at once, so that no client hears of it. */
const OBJECT_FACTOR = 2;
const STORM_RATE = 0.002;
const MAX_STORM_MS = 1_500;
/** An object's death is dearer than a lost call: the platform takes a while to start it anew. */
const DEATH_SHARE = 0.15;
/** How late a call arrives whose caller was told that it was lost: amid what the caller does next, or long after. */
const LATE_MS = [
  [5, 150],
  [150, 2_500],
] as const;
const MAX_TRIES = 5;

const vars = settings as unknown as Record<string, string>;
const random = createRandom(Number(vars["RUN_SEED"] ?? 0));
const run = { shiftMs: Number(vars["RUN_SHIFT_MS"] ?? 0), rate: Number(vars["RUN_FAULT_RATE"] ?? 0), stormUntilMs: 0 };
const counts: Record<string, number> = {};

const realNow = Date.now.bind(Date);
Date.now = () => realNow() + run.shiftMs;

type Fault = "lost" | "answer_lost" | "late";
const FAULTS: readonly Fault[] = ["lost", "answer_lost", "late"];

function strikes(factor = 1): boolean {
  if (run.rate === 0) return false;
  if (random.chance(STORM_RATE)) run.stormUntilMs = realNow() + random.between(100, MAX_STORM_MS);
  const rate = realNow() < run.stormUntilMs ? RATE_IN_STORM : run.rate;
  return random.chance(Math.min(factor * rate, MAX_RATE));
}

function count(what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

/** Makes a call, or fails it before it took effect, after, or so that it takes effect when its caller has been told that it was lost. */
async function meet<T>(to: "d1" | "object", message: string, call: () => Promise<T>): Promise<T> {
  if (!strikes(to === "object" ? OBJECT_FACTOR : 1)) return call();
  const fault = random.pick(FAULTS);
  count(`${to} ${fault}`);
  if (fault === "late") waitUntil(later(call));
  if (fault === "answer_lost") await call().catch(() => undefined);
  throw new Error(message);
}

async function later(call: () => Promise<unknown>): Promise<void> {
  const [least, most] = random.pick(LATE_MS);
  await new Promise((resolve) => setTimeout(resolve, random.between(least, most)));
  await call().catch(() => undefined);
}

type Stub = DurableObjectStub<StockCounter>;

function faultyObject(open: () => Stub): StockCalls {
  const call = (method: StockMethod, args: unknown[]) => {
    if (strikes(DEATH_SHARE)) {
      const when = random.pick(["before", "after"] as const);
      count(`object dies ${when}`);
      return open().die(when, method, args);
    }
    return meet("object", "Network connection lost.", () => callOf(open(), method, args));
  };
  return new Proxy({} as StockCalls, {
    get:
      (_, method: StockMethod) =>
      (...args: unknown[]) =>
        call(method, args),
  });
}

function callOf(stock: object, method: StockMethod, args: unknown[]): Promise<unknown> {
  return (stock as Record<string, (...args: unknown[]) => Promise<unknown>>)[method]?.(...args) ?? Promise.resolve();
}

let wrapped: Env | undefined;

/** The same one every time: the Worker remembers things by its database. */
function faulty(env: Env): Env {
  wrapped ??= {
    ...env,
    DB: {
      prepare: (query: string) => env.DB.prepare(query),
      batch: (statements: D1PreparedStatement[]) =>
        meet("d1", "D1_ERROR: Network connection lost.", () => env.DB.batch(statements)),
    } as D1Database,
    STOCK: { getByName: (name: string) => faultyObject(() => env.STOCK.getByName(name) as Stub) } as unknown as Env["STOCK"],
  };
  return wrapped;
}

/** The deployed object with a clock that is shifted and an alarm that rings by it. */
export class StockCounter extends DeployedCounter {
  readonly #alarm: Pick<DurableObjectStorage, "getAlarm" | "setAlarm">;

  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx;
    const real = { getAlarm: storage.getAlarm.bind(storage), setAlarm: storage.setAlarm.bind(storage) };
    storage.setAlarm = (at) => real.setAlarm(Number(at) - run.shiftMs);
    storage.getAlarm = async () => {
      const at = await real.getAlarm();
      return at === null ? null : at + run.shiftMs;
    };
    super(ctx, faulty(env));
    this.#alarm = real;
  }

  /** The clock has moved on: what was to ring then rings so much sooner. */
  async moveOn(byMs: number): Promise<void> {
    const at = await this.#alarm.getAlarm();
    if (at !== null) await this.#alarm.setAlarm(Math.max(1, at - byMs));
  }

  async die(when: "before" | "after", method: StockMethod, args: unknown[]): Promise<void> {
    if (when === "after") await callOf(this, method, args);
    this.ctx.abort("fault: the object died");
  }

  override async alarm(): Promise<void> {
    const dies = strikes(DEATH_SHARE);
    const when = random.pick(["before", "after"]);
    if (dies) count(`alarm dies ${when}`);
    if (dies && when === "before") this.ctx.abort("fault: the object died");
    await super.alarm();
    if (dies) this.ctx.abort("fault: the object died");
  }
}

/** For the run itself: how often what failed, how often it is to, and time that passes. */
async function control(url: URL, env: Env): Promise<Response> {
  const rate = url.searchParams.get("rate");
  if (rate !== null) run.rate = Number(rate);
  const byMs = Number(url.searchParams.get("by_ms") ?? 0);
  run.shiftMs += byMs;
  const productIds = (url.searchParams.get("products") ?? "").split(",").filter(Boolean);
  await Promise.all(productIds.map((productId) => repeated(() => (env.STOCK.getByName(productId) as Stub).moveOn(byMs))));
  return Response.json({ counts, shift_ms: run.shiftMs, now_ms: Date.now() });
}

/** An object that dies in a moment loses the call. */
async function repeated(call: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
    }
  }
}

// oxlint-disable-next-line import/no-default-export, no-default-export -- a Worker's entry has one
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname === "/run/control") return control(url, env);
    return worker.fetch(request, faulty(env), ctx);
  },
  scheduled: (controller, env, ctx) => worker.scheduled(controller, faulty(env), ctx),
} satisfies ExportedHandler<Env>;

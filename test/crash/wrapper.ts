import { env as settings, waitUntil } from "cloudflare:workers";
import type { StockCalls, StockMethod } from "../../src/stock/rules/stock-calls.ts";
import worker, { StockCounter as DeployedCounter } from "../../src/index.ts";
import { createRandom } from "../support/random.ts";

// The entry module of a run's Worker, around the bundle as deployed. It injects faults into calls to D1 and objects, kills objects, and
// shifts the clock, so that nothing has to wait for minutes. The sources contain none of this. The Worker and its objects run in
// one isolate, so this state applies to both.

/** The fault rate in a burst of faults, its upper limit with all factors, the probability per call of a burst, and its maximum length. */
const BURST_FAULT_RATE = 0.5;
const MAX_RATE = 0.7;
const BURST_PROBABILITY = 0.002;
const MAX_BURST_MS = 1_500;
/** Calls of objects fail more often than D1, because the sources retry them at once without the client noticing. */
const OBJECT_FACTOR = 2;
/** Objects die less often than calls are lost, because a restart takes the platform a while. */
const DEATH_FACTOR = 0.15;
/** The delays of a call whose caller got an error: during the caller's next calls, or long after. */
const LATE_MS = [
  [5, 150],
  [150, 2_500],
] as const;
const MAX_TRIES = 5;

const vars = settings as unknown as Record<string, string>;
const random = createRandom(Number(vars["RUN_SEED"] ?? 0));
const run = { shiftMs: Number(vars["RUN_SHIFT_MS"] ?? 0), rate: Number(vars["RUN_FAULT_RATE"] ?? 0), burstUntilMs: 0 };
const counts: Record<string, number> = {};

const realNow = Date.now.bind(Date);
Date.now = () => realNow() + run.shiftMs;

type Fault = "lost" | "answer_lost" | "late";
const FAULTS: readonly Fault[] = ["lost", "answer_lost", "late"];

function drawFault(factor = 1): boolean {
  if (run.rate === 0) return false;
  if (random.chance(BURST_PROBABILITY)) run.burstUntilMs = realNow() + random.between(100, MAX_BURST_MS);
  const rate = realNow() < run.burstUntilMs ? BURST_FAULT_RATE : run.rate;
  return random.chance(Math.min(factor * rate, MAX_RATE));
}

function count(what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

/** Makes a call, or fails it: before it takes effect, after it, or with a late effect after the caller got the error. */
async function callWithFaults<T>(to: "d1" | "object", message: string, call: () => Promise<T>): Promise<T> {
  if (!drawFault(to === "object" ? OBJECT_FACTOR : 1)) return call();
  const fault = random.pick(FAULTS);
  count(`${to} ${fault}`);
  if (fault === "late") waitUntil(callLate(call));
  if (fault === "answer_lost") await call().catch(() => undefined);
  throw new Error(message);
}

async function callLate(call: () => Promise<unknown>): Promise<void> {
  const [least, most] = random.pick(LATE_MS);
  await new Promise((resolve) => setTimeout(resolve, random.between(least, most)));
  await call().catch(() => undefined);
}

type Stub = DurableObjectStub<StockCounter>;

function faultyObject(open: () => Stub): StockCalls {
  const call = (method: StockMethod, args: unknown[]) => {
    if (drawFault(DEATH_FACTOR)) {
      const when = random.pick(["before", "after"] as const);
      count(`object dies ${when}`);
      return open().die(when, method, args);
    }
    return callWithFaults("object", "Network connection lost.", () => callMethod(open(), method, args));
  };
  return new Proxy({} as StockCalls, {
    get:
      (_, method: StockMethod) =>
      (...args: unknown[]) =>
        call(method, args),
  });
}

function callMethod(stock: object, method: StockMethod, args: unknown[]): Promise<unknown> {
  return (stock as Record<string, (...args: unknown[]) => Promise<unknown>>)[method]?.(...args) ?? Promise.resolve();
}

let wrapped: Env | undefined;

/** Always the same object, because the Worker caches by its database. */
function withFaults(env: Env): Env {
  wrapped ??= {
    ...env,
    DB: {
      prepare: (query: string) => env.DB.prepare(query),
      batch: (statements: D1PreparedStatement[]) =>
        callWithFaults("d1", "D1_ERROR: Network connection lost.", () => env.DB.batch(statements)),
    } as D1Database,
    STOCK: { getByName: (name: string) => faultyObject(() => env.STOCK.getByName(name) as Stub) } as unknown as Env["STOCK"],
  };
  return wrapped;
}

/** The deployed object with a shifted clock, and an alarm that follows it. */
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
    super(ctx, withFaults(env));
    this.#alarm = real;
  }

  /** Moves the alarm forward with the clock. */
  async advanceAlarm(byMs: number): Promise<void> {
    const at = await this.#alarm.getAlarm();
    if (at !== null) await this.#alarm.setAlarm(Math.max(1, at - byMs));
  }

  async die(when: "before" | "after", method: StockMethod, args: unknown[]): Promise<void> {
    if (when === "after") await callMethod(this, method, args);
    this.ctx.abort("fault: the object died");
  }

  override async alarm(): Promise<void> {
    const dies = drawFault(DEATH_FACTOR);
    const when = random.pick(["before", "after"]);
    if (dies) count(`alarm dies ${when}`);
    if (dies && when === "before") this.ctx.abort("fault: the object died");
    await super.alarm();
    if (dies) this.ctx.abort("fault: the object died");
  }
}

/** Handles a control request: sets the fault rate, moves the clock, and returns the fault counts. */
async function control(url: URL, env: Env): Promise<Response> {
  const rate = url.searchParams.get("rate");
  if (rate !== null) run.rate = Number(rate);
  const byMs = Number(url.searchParams.get("by_ms") ?? 0);
  run.shiftMs += byMs;
  const productIds = (url.searchParams.get("products") ?? "").split(",").filter(Boolean);
  await Promise.all(productIds.map((productId) => retried(() => (env.STOCK.getByName(productId) as Stub).advanceAlarm(byMs))));
  return Response.json({ counts, shift_ms: run.shiftMs, now_ms: Date.now() });
}

/** Retries a call, because the object may die during it. */
async function retried(call: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
    }
  }
}

// oxlint-disable-next-line import/no-default-export, no-default-export -- a Worker's entry module needs one
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname === "/run/control") return control(url, env);
    return worker.fetch(request, withFaults(env), ctx);
  },
  scheduled: (controller, env, ctx) => worker.scheduled(controller, withFaults(env), ctx),
} satisfies ExportedHandler<Env>;

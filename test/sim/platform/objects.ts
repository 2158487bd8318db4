import type { FlushRequest, ReserveRequest } from "../../../src/stock/rules/messages.ts";
import { STOCK_METHODS, type StockMethod } from "../../../src/stock/rules/stock-calls.ts";
import { type Actor, drainPromises, trace } from "../engine/scheduler.ts";
import { sendCall } from "./network.ts";
import { instanceOf, type ObjectHost, type ObjectRuntime } from "./object-instances.ts";

/** The objects' namespace as one actor calls it. */
export function namespaceFor(runtime: ObjectRuntime, caller: Actor): unknown {
  return { getByName: (productId: string) => stubFor(runtime, caller, hostOf(runtime, productId)) };
}

/** @throws Error for a product that has no object in the simulation */
export function hostOf({ hosts }: ObjectRuntime, productId: string): ObjectHost {
  const host = hosts.get(productId);
  if (!host) throw new Error(`no object is called ${productId}`);
  return host;
}

function stubFor(runtime: ObjectRuntime, caller: Actor, host: ObjectHost): object {
  const { scheduler } = runtime;
  const methods = STOCK_METHODS.map((method) => [
    method,
    (...args: unknown[]) => {
      const sent = structuredClone(args);
      return sendCall(scheduler, caller, {
        to: "stock",
        label: () => `${host.productId}.${method}(${brief(sent)})`,
        disconnected: () => Object.assign(new Error("Network connection lost."), { retryable: true }),
        execute: () => callObject(runtime, host, method, structuredClone(sent)),
      });
    },
  ]);
  return Object.fromEntries(methods) as object;
}

/** Calls a method of the object's instance, or of a new one. @throws Error if the instance dies before it answers */
export async function callObject(
  runtime: ObjectRuntime,
  host: ObjectHost,
  method: StockMethod,
  args: unknown[],
): Promise<unknown> {
  const { scheduler } = runtime;
  const { actor, object, blocking, open } = instanceOf(runtime, host);
  scheduler.running = actor;
  if (method === "reserve" && (args[0] as ReserveRequest).waitMs > 0) scheduler.cover("reserve waits");
  if (method === "commit" && args.length > 1) scheduler.cover("commits together");
  if ((args[0] as FlushRequest | undefined)?.flushFirst === true) scheduler.cover("flush before the answer");
  await Promise.all(blocking);
  let die = (_: Error) => {};
  const died = new Promise<never>((_, reject) => {
    die = reject;
  });
  open.add(die);
  try {
    const call = (object[method] as (...all: unknown[]) => Promise<unknown>).apply(object, args);
    const answer = await Promise.race([call, died]);
    const { outcome } = (answer ?? {}) as { outcome?: string };
    scheduler.cover(`${method}${outcome ? `: ${outcome}` : ""}`);
    trace(scheduler, actor, () => `${method} = ${brief(answer)}`);
    return structuredClone(answer);
  } finally {
    open.delete(die);
  }
}

/** Calls an object for a check, outside the schedule: without a message or a step. */
export async function inspect<T>(runtime: ObjectRuntime, host: ObjectHost, method: "audit" | "levels"): Promise<T> {
  const answer = callObject(runtime, host, method, []);
  await drainPromises();
  return (await answer) as T;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}

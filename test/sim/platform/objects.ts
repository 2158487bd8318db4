import type { ReserveRequest } from "../../../src/stock/rules/messages.ts";
import { STOCK_METHODS, type StockMethod } from "../../../src/stock/rules/stock-calls.ts";
import { alive, type Host, type Maker } from "./object-instances.ts";
import { ask } from "./network.ts";
import { type Actor, settled, tell } from "../engine/scheduler.ts";

/** The objects as one actor calls them. */
export function namespaceFor(maker: Maker, caller: Actor): unknown {
  return { getByName: (productId: string) => stubFor(maker, caller, hostNamed(maker, productId)) };
}

/** @throws Error for a product that the simulation has no object of */
export function hostNamed({ hosts }: Maker, productId: string): Host {
  const host = hosts.get(productId);
  if (!host) throw new Error(`no object is called ${productId}`);
  return host;
}

function stubFor(maker: Maker, caller: Actor, host: Host): object {
  const { world } = maker;
  const methods = STOCK_METHODS.map((method) => [
    method,
    (...args: unknown[]) => {
      const sent = structuredClone(args);
      return ask(world, caller, {
        to: "stock",
        words: () => `${host.productId}.${method}(${brief(sent)})`,
        broken: () => Object.assign(new Error("Network connection lost."), { retryable: true }),
        perform: () => perform(maker, host, method, structuredClone(sent)),
      });
    },
  ]);
  return Object.fromEntries(methods) as object;
}

/** Has an object do what it is told, in the life that it is in, or a new one. @throws Error where it dies before it answers */
export async function perform(maker: Maker, host: Host, method: StockMethod, args: unknown[]): Promise<unknown> {
  const { world } = maker;
  const life = alive(maker, host);
  const { actor, object, begun, open } = life;
  world.running = actor;
  if (method === "reserve" && (args[0] as ReserveRequest).waitMs > 0) world.met("reserve waits");
  if (method === "commit" && args.length > 1) world.met("commits together");
  await Promise.all(begun);
  let die = (_: Error) => {};
  const died = new Promise<never>((_, reject) => {
    die = reject;
  });
  open.add(die);
  try {
    const call = (object[method] as (...all: unknown[]) => Promise<unknown>).apply(object, args);
    const answer = await Promise.race([call, died]);
    const { outcome } = (answer ?? {}) as { outcome?: string };
    world.met(`${method}${outcome ? `: ${outcome}` : ""}`);
    tell(world, actor, () => `${method} = ${brief(answer)}`);
    return structuredClone(answer);
  } finally {
    open.delete(die);
  }
}

/** Asks an object outside of all time, for a check. */
export async function look<T>(maker: Maker, host: Host, method: "audit" | "levels"): Promise<T> {
  const answer = perform(maker, host, method, []);
  await settled();
  return (await answer) as T;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}

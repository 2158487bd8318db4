import type { Context } from "hono";
import type { Caller, Deps } from "../deps.ts";
import type { Meter } from "../meter.ts";

/** The bindings and variables in the context of every handler. */
export interface AppEnv {
  Bindings: Env;
  Variables: { deps: Deps; meter: Meter; requestId: string; caller: Caller };
}

export type AppContext = Context<AppEnv>;

/**
 * The client's position by Cloudflare, in decimal degrees; `undefined` where it is unknown. In local development it is that of the machine
 * where wrangler could ask Cloudflare for it, else wrangler's placeholder: Austin, Texas.
 */
export function edgeOf(c: AppContext): { latitude: number; longitude: number; country: string } | undefined {
  const cf: Record<string, unknown> = c.req.raw.cf ?? {};
  const [latitude, longitude] = [Number.parseFloat(String(cf.latitude)), Number.parseFloat(String(cf.longitude))];
  if (typeof cf.country !== "string" || !Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined;
  return { latitude, longitude, country: cf.country };
}

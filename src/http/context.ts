import type { Context } from "hono";
import type { Caller, Deps } from "../deps.ts";
import type { Meter } from "../meter.ts";

/** What every handler finds in its context. */
export interface AppEnv {
  Bindings: Env;
  Variables: { deps: Deps; meter: Meter; requestId: string; caller: Caller };
}

export type AppContext = Context<AppEnv>;

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { identify } from "../../../src/accounts/identify.ts";
import { createApp } from "../../../src/app.ts";
import { bindDeps } from "../../../src/bind.ts";
import type { Config } from "../../../src/config.ts";
import type { Deps } from "../../../src/deps.ts";
import { type Action, mayRole, type Role } from "../../../src/rules/rights.ts";

/** The whole API in another setting: asks it as `fetch` would. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** @param bindings replace those of the environment for what reads them from the context */
export function appWith(config: Partial<Config>, deps: Partial<Deps> = {}, bindings: Partial<Env> = {}): Ask {
  const app = createApp((bound, ctx) => {
    const { deps: real, meter } = bindDeps(bound, ctx);
    const changed: Deps = {
      ...real,
      config: { ...real.config, ...config },
      identify: (token) => identify(changed, token),
      ...deps,
    };
    return { deps: changed, meter };
  });
  return async (path, init) =>
    app.fetch(new Request(`http://holdfast.test${path}`, init), { ...env, ...bindings }, createExecutionContext());
}

/** How an address answers somebody of a role. */
export async function statusFor(role: Role, path: string): Promise<number> {
  const may = (action: Action) => mayRole(role, action);
  const ask = appWith({}, { identify: async () => ({ role, actor: `user:${role}`, scope: role, may }) });
  return (await ask(path, { headers: { Authorization: "Bearer somebody" } })).status;
}

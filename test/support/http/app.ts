import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { identify } from "../../../src/accounts/identify.ts";
import { createApp } from "../../../src/app.ts";
import { bindDeps, bindSecrets } from "../../../src/bind.ts";
import type { Config } from "../../../src/config.ts";
import type { Deps } from "../../../src/deps.ts";
import { type Action, mayRole, type Role } from "../../../src/rules/rights.ts";

/** Sends a request to the whole API under other settings, as `fetch` would. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** @param bindings replace bindings of the environment */
export function appWith(config: Partial<Config>, deps: Partial<Deps> = {}, bindings: Partial<Env> = {}): Ask {
  const app = createApp((bound, ctx) => {
    const { deps: real, meter } = bindDeps(bound, ctx);
    const settings = { ...real.config, ...config };
    const changed: Deps = {
      ...real,
      config: settings,
      // What the tests of a setting ask for is the shop that they mean.
      cache: { ...real.cache, currency: { currency: settings.currency, decimals: settings.currencyDecimals } },
      secrets: bindSecrets(settings),
      identify: (token) => identify(changed, token),
      ...deps,
    };
    return { deps: changed, meter };
  });
  return async (path, init) =>
    app.fetch(new Request(`http://holdfast.test${path}`, init), { ...env, ...bindings }, createExecutionContext());
}

/** The status with which a path answers a caller of a role. */
export async function statusFor(role: Role, path: string): Promise<number> {
  const may = (action: Action) => mayRole(role, action);
  const ask = appWith({}, { identify: async () => ({ role, actor: `user:${role}`, scope: role, may }) });
  return (await ask(path, { headers: { Authorization: "Bearer somebody" } })).status;
}

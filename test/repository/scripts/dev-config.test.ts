import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, it } from "vitest";
import { unstable_getVarsForDev as varsForDev, unstable_readConfig as readConfig } from "wrangler";
import { writeDevConfig } from "../../../scripts/support/dev-config.js";
import { ROOT } from "../../support/repository/commands.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-dev-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const REQUIRED = ["ADMIN_TOKEN", "ID_SECRET", "TOKEN_SECRET", "JWT_SECRET"];
const OPTIONAL = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "TURNSTILE_SECRET_KEY", "JWT_SECRET_PREVIOUS", "A_LATER_SECRET"];

/** What wrangler hands to the Worker from a configuration and the `.dev.vars` beside it. */
function bindingsOf(path: string): Record<string, string> {
  const { vars, secrets } = readConfig({ config: path });
  const all = varsForDev(path, undefined, vars, undefined, true, secrets);
  return Object.fromEntries(Object.entries(all).map(([name, binding]) => [name, String("value" in binding && binding.value)]));
}

it("hands every setting of .dev.vars to the Worker, where wrangler.toml alone would drop the optional secrets", ({ expect }) => {
  const source = join(folder, "wrangler.toml");
  writeFileSync(source, readFileSync(resolve(ROOT, "wrangler.toml")));
  const lines = [...REQUIRED, ...OPTIONAL].map((name) => `${name}="value of ${name}"\n`);
  writeFileSync(join(folder, ".dev.vars"), `${lines.join("")}RATE_LIMITS="off"\nORDER_LIMITER="no"\n`);

  const made = bindingsOf(writeDevConfig(folder));

  expect(bindingsOf(source)["STRIPE_SECRET_KEY"]).toBeUndefined();
  for (const name of [...REQUIRED, ...OPTIONAL]) expect(made[name]).toBe(`value of ${name}`);
  expect([made["RATE_LIMITS"], made["CURRENCY"]]).toEqual(["off", "INR"]);
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, it } from "vitest";
import { ensureDevVars, readDevVar } from "../../scripts/support/dev-vars.js";

const folder = mkdtempSync(join(tmpdir(), "holdfast-dev-vars-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRETS = ["ADMIN_TOKEN", "ID_SECRET", "TOKEN_SECRET", "JWT_SECRET"];

let files = 0;
const newPath = () => join(folder, `${files++}.dev.vars`);

it("writes fresh secrets that only their owner may read", ({ expect }) => {
  const paths = [newPath(), newPath()];

  for (const path of paths) ensureDevVars(path);
  const secrets = paths.flatMap((path) => SECRETS.map((name) => readDevVar(name, path)));

  expect(secrets.every((secret) => /^[0-9a-f]{64}$/.test(secret ?? ""))).toBe(true);
  expect(new Set(secrets).size).toBe(8);
  expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  expect(readDevVar("RATE_LIMITS", paths[0])).toBe("off");
  expect(readDevVar("ENVIRONMENT", paths[0])).toBe("development");
});

it("changes nothing in a file that has everything", ({ expect }) => {
  const path = newPath();
  ensureDevVars(path);
  const before = readFileSync(path, "utf8");

  const written = ensureDevVars(path);

  expect(written).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe(before);
});

it("adds what a file lacks and keeps what stands in it", ({ expect }) => {
  const path = newPath();
  const mine = "# mine\nADMIN_TOKEN = my-own-admin-token\nexport RATE_LIMITS='on'\n# ID_SECRET=commented-out";
  writeFileSync(path, mine);

  const written = ensureDevVars(path);

  expect(written).toEqual(["ID_SECRET", "TOKEN_SECRET", "JWT_SECRET", "ENVIRONMENT", "ALLOW_LOCAL_WEBHOOKS"]);
  expect(readFileSync(path, "utf8").startsWith(`${mine}\nID_SECRET="`)).toBe(true);
  expect(readDevVar("ADMIN_TOKEN", path)).toBe("my-own-admin-token");
  expect(readDevVar("RATE_LIMITS", path)).toBe("on");
});

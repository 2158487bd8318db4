import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runQuietly } from "./children.js";
import { toolEnv, wranglerCommand } from "./install.js";
import { ROOT } from "./root.js";

const MIGRATIONS = join(ROOT, "migrations");
const LOCAL_D1 = join(ROOT, ".wrangler", "state", "v3", "d1");
const FAILED = "The D1 migrations could not be applied.";

/** Brings the local D1 up to date. */
export async function migrateLocally() {
  if (!existsSync(LOCAL_D1)) await migrateAtOnce();
  await d1(["migrations", "apply", "holdfast", "--local"]);
}

/**
 * Applies all migrations to an empty D1 in one file, which is one transaction. `wrangler d1 migrations apply` starts a runtime for each of them, which takes
 * a second each; afterwards it finds nothing to do, or does what this did not.
 */
async function migrateAtOnce() {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-migrations-"));
  try {
    const file = join(folder, "all.sql");
    writeFileSync(file, allMigrations());
    await d1(["execute", "holdfast", "--local", "--file", file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every migration, with the record of wrangler that it was applied. */
export function allMigrations() {
  const names = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  const steps = names.map(
    (name) => `${readFileSync(join(MIGRATIONS, name), "utf8").trimEnd()}\nINSERT INTO d1_migrations (name) VALUES ('${name}');\n`,
  );
  return `CREATE TABLE d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);
${steps.join("")}`;
}

/** @param {string[]} parameters */
async function d1(parameters) {
  const [command, args] = wranglerCommand(["d1", ...parameters]);
  // CI makes wrangler apply without asking.
  await runQuietly(command, args, { ...toolEnv(), CI: "1" }, FAILED);
}

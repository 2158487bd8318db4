import { globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, it } from "vitest";
import { allMigrations } from "../../scripts/support/migrate.js";
import { inTemporaryFolder, ROOT, runTool } from "../support/repository/commands.ts";

/** What destroys data on D1, which ignores `PRAGMA foreign_keys=OFF`. */
const DESTRUCTIVE = [/foreign_keys\s*=\s*(off|0)/i, /\bdrop\s+table\b/i, /\bcascade\b/i];

function destructionIn(sql: string): string[] {
  return DESTRUCTIVE.filter((pattern) => pattern.test(sql)).map(String);
}

describe("the migrations", () => {
  it("never drop a table, turn foreign keys off or cascade", ({ expect }) => {
    const files = globSync("*.sql", { cwd: resolve(ROOT, "migrations") });
    const found = files.flatMap((file) =>
      destructionIn(readFileSync(resolve(ROOT, "migrations", file), "utf8")).map((what) => `${file}: ${what}`),
    );

    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(found).toEqual([]);
  });

  it.for([["PRAGMA foreign_keys=OFF;"], ["DROP TABLE `orders`;"], ["x text REFERENCES y(id) ON DELETE cascade"]] as const)(
    "would be caught with %s",
    ([sql], { expect }) => {
      expect(destructionIn(sql)).toHaveLength(1);
    },
  );

  it("are what the slices' tables say: drizzle-kit has nothing to generate", { timeout: 60_000 }, async ({ expect }) => {
    await inTemporaryFolder(async (folder) => {
      const out = join(folder, "migrations");
      const before = readdirSync(out, { recursive: true });

      const said = await runTool(
        "drizzle-kit",
        "generate",
        "--dialect",
        "sqlite",
        "--schema",
        "./src/*/*tables.ts",
        "--out",
        relative(ROOT, out),
      );

      expect(said).toContain("No schema changes, nothing to migrate");
      expect(Number(/(\d+) tables/.exec(said)?.[1])).toBeGreaterThanOrEqual(14);
      expect(readdirSync(out, { recursive: true })).toEqual(before);
    }, "migrations");
  });

  it("are applied to an empty D1 at once, and wrangler finds nothing to do then", { timeout: 120_000 }, async ({ expect }) => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "all.sql");
      writeFileSync(file, allMigrations());
      const local = ["holdfast", "--local", "--persist-to", folder];

      await runTool("wrangler", "d1", "execute", ...local, "--file", file);

      expect(await runTool("wrangler", "d1", "migrations", "list", ...local)).toContain("No migrations to apply");
    });
  });
});

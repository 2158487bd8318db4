import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, it } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { currentBundle } from "../deployed/bundle.ts";
import { ROOT, runTool } from "../support/repository/commands.ts";

/** The budget in docs/architecture.md. */
const BUDGET_KIB = 370;

interface ObjectConfig {
  durable_objects: { bindings: { class_name: string }[] };
  migrations: { new_sqlite_classes?: string[] }[];
}

describe("what is deployed", () => {
  it(`is at most ${BUDGET_KIB} KiB, gzip`, { timeout: 60_000 }, async ({ expect }) => {
    const kib = gzipSync(readFileSync(await currentBundle())).length / 1_024;

    console.info(`The Worker's bundle is ${kib.toFixed(1)} KiB, gzip; ${BUDGET_KIB} are allowed.`);
    expect(kib).toBeGreaterThan(50);
    expect(kib).toBeLessThanOrEqual(BUDGET_KIB);
  });

  it("has a migration for every Durable Object class, with SQLite inside, and exports it", ({ expect }) => {
    // Its types are lost where they are exported from.
    const { durable_objects: objects, migrations } = readConfig({ config: resolve(ROOT, "wrangler.toml") }) as ObjectConfig;
    const bound = objects.bindings.map((binding) => binding.class_name);
    const entry = readFileSync(resolve(ROOT, "src/index.ts"), "utf8");

    expect(bound).toEqual(["StockCounter"]);
    expect(migrations.flatMap((step) => step.new_sqlite_classes ?? [])).toEqual(bound);
    expect(bound.filter((name) => !entry.includes(`export class ${name} `))).toEqual([]);
  });

  it("has the bindings that src/env.d.ts declares", { timeout: 60_000 }, async ({ expect }) => {
    const said = await runTool("wrangler", "types", "--include-runtime=false", "--strict-vars=false", "--check", "src/env.d.ts");

    expect(said).toContain("Types at src/env.d.ts are up to date");
  });
});

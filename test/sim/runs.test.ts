import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "vitest";

const MAIN = join(import.meta.dirname, "main.ts");

describe("npm run sim", () => {
  it("takes the same steps from the same seed, and others from another", async ({ expect }) => {
    const [first, again, other] = await Promise.all([sim("--seed", "11"), sim("--seed", "11"), sim("--seed", "12")]);

    expect(first).toEqual(again);
    expect(first.code).toBe(0);
    expect(first.text.split("\n").length).toBeGreaterThan(200);
    expect(other.text).not.toBe(first.text);
  });

  it("finds a planted bug, ends with 1, and names the seed with which every step of it is told again", async ({ expect }) => {
    const planted = ["--mutant", "flush_without_guard"];

    const found = await sim("--schedules", "40", "--processes", "1", ...planted);
    const seed = /npm run sim -- --seed (\d+) --mutant flush_without_guard/.exec(found.text)?.[1] ?? "";
    const told = await sim("--seed", seed, ...planted);

    expect(found.code).toBe(1);
    expect(told.code).toBe(1);
    expect(told.text).toMatch(/\*\*\* D1's copy differs/);
  });

  it("refuses what it does not know", async ({ expect }) => {
    expect((await sim("--mutant", "none")).code).not.toBe(0);
    expect((await sim("--seed", "x")).code).not.toBe(0);
  });
});

function sim(...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { maxBuffer: 64 * 1_024 * 1_024 }, (error, text) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, text });
    });
  });
}

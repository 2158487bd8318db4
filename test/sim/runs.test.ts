import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "vitest";

const MAIN = join(import.meta.dirname, "main.ts");

describe("npm run sim", () => {
  it("takes the same steps for the same seed, and different ones for another", async ({ expect }) => {
    const [first, again, other] = await Promise.all([sim("--seed", "11"), sim("--seed", "11"), sim("--seed", "12")]);

    expect(first).toEqual(again);
    expect(first.code).toBe(0);
    expect(first.text.split("\n").length).toBeGreaterThan(200);
    expect(other.text).not.toBe(first.text);
  });

  it("catches a mutant, exits with 1, and prints the seed that replays it step by step", async ({ expect }) => {
    const mutant = ["--mutant", "flush_without_guard"];

    const campaign = await sim("--schedules", "40", "--processes", "1", ...mutant);
    const seed = /npm run sim -- --seed (\d+) --mutant flush_without_guard/.exec(campaign.text)?.[1] ?? "";
    const replayed = await sim("--seed", seed, ...mutant);

    expect(campaign.code).toBe(1);
    expect(replayed.code).toBe(1);
    expect(replayed.text).toMatch(/\*\*\* D1's copy differs/);
  });

  it("rejects an unknown mutant and an invalid seed", async ({ expect }) => {
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

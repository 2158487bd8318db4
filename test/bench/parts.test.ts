import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "vitest";
import { PARTS } from "../../bench/parts.ts";
import { copyPatched } from "../deployed/bundle.ts";

it("every patch of the benchmark finds its text exactly once in the sources", ({ expect }) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-parts-"));
  const patches = PARTS.flatMap((part) => part.patches);

  expect(() => copyPatched(join(folder, "sources"), patches)).not.toThrow();
  expect(() => copyPatched(join(folder, "twice"), [...patches, ...patches.slice(-1)])).toThrow("times, not once");

  rmSync(folder, { recursive: true });
});

import { resolve } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { LONG_TESTS } from "../scripts/support/long-tests.js";

const ROOT = resolve(import.meta.dirname, "..");
const LONG = LONG_TESTS.map((file) => resolve(ROOT, file));

/** Begins with the files that take longest. Vitest goes by their size where it has never run them. */
export class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is Vitest's own, and copies.
    const rest = await super.sort(specifications);
    const rankOf = ({ moduleId }: TestSpecification) => (LONG.includes(moduleId) ? LONG.indexOf(moduleId) : LONG.length);
    return rest.toSorted((a, b) => projectOf(a, b) || rankOf(a) - rankOf(b));
  }
}

/** Projects run one after the other, those of the repository first. */
function projectOf(a: TestSpecification, b: TestSpecification): number {
  return a.project.name.localeCompare(b.project.name);
}

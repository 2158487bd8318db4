import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { LONG_TESTS } from "../../scripts/support/long-tests.js";
import { ROOT } from "../../scripts/support/root.js";
import { touchedTests } from "../../scripts/support/touched-tests.js";

describe("npm run check:quick", () => {
  it("leaves out long tests that exist", ({ expect }) => {
    expect(LONG_TESTS.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(LONG_TESTS.length).toBeGreaterThan(10);
  });

  it("finds the tests that import what was changed before those that reach it over HTTP", ({ expect }) => {
    const touched = touchedTests(["src/rules/money.ts"]);

    expect(touched.indexOf("test/rules/money.test.ts")).toBeLessThan(5);
    expect(touched.indexOf("test/http/problem.test.ts")).toBeGreaterThan(50);
  });

  it("finds the tests that name what was changed, and all where it is what every test runs on", ({ expect }) => {
    expect(touchedTests(["docs/errors.md"])).toContain("test/repository/errors.test.ts");
    expect(touchedTests(["wrangler.toml"]).length).toBeGreaterThan(250);
    expect(touchedTests([])).toEqual([]);
  });
});

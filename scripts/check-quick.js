import { changedFiles } from "./support/changes.js";
import { runScript } from "./support/failure.js";
import { ensureInstalled } from "./support/install.js";
import { LONG_TESTS } from "./support/long-tests.js";
import { npmScript, runParts } from "./support/parts.js";
import { STATIC_CHECKS } from "./support/static-checks.js";
import { touchedTests } from "./support/touched-tests.js";

const ALWAYS = "test/architecture.test.ts";
/** As many files as two cores test beside types and lint in less than a minute. */
const MAX_FILES = 90;

/** `npm run check:quick`: types, format, lint, and the tests that the change since main can touch, in less than a minute. */
await runScript(async () => {
  await ensureInstalled();
  const { since, files } = changedFiles();
  const touched = touchedTests(files).filter((test) => test !== ALWAYS);
  const short = touched.filter((test) => !LONG_TESTS.includes(test));
  const run = [ALWAYS, ...short.slice(0, MAX_FILES - 1)];
  console.log(`${files.length} files changed since ${since}, which ${touched.length} test files can notice; ${run.length} run:`);
  console.log(listed(run));
  process.exitCode = await runParts([[{ name: "tests", command: npmScript("check:tests", ...run) }], [...STATIC_CHECKS]]);
  tellOmitted(
    touched.filter((test) => LONG_TESTS.includes(test)),
    short.slice(MAX_FILES - 1),
  );
});

/** @param {string[]} long @param {string[]} far */
function tellOmitted(long, far) {
  if (long.length > 0) console.log(`\nNot run, for each takes long; npm run check:tests -- FILE runs one:\n${listed(long)}`);
  if (far.length > 0)
    console.log(`\nNot run, for they are farther from the change than what fits into a minute:\n${listed(far)}`);
  console.log("\nNot run: dead code, simulation, mutants, crash run. npm run check runs everything.");
}

/** @param {string[]} tests */
function listed(tests) {
  return tests.map((test) => `  ${test}`).join("\n");
}

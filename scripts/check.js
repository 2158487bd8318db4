import { ensureInstalled } from "./support/install.js";
import { runScript } from "./support/failure.js";
import { runParts } from "./support/parts.js";

/**
 * `npm run check`: what CI runs. The tests keep every core busy but at their beginning and end, and some of them wait; the other
 * checks run beside them, one after the other, those that wait the longest last, and take what the tests leave.
 */
await runScript(async () => {
  await ensureInstalled();
  process.exitCode = await runParts([
    [{ name: "tests", script: "check:tests" }],
    [
      { name: "format", script: "check:format" },
      { name: "types", script: "check:types" },
      { name: "lint", script: "check:lint" },
      { name: "dead code", script: "check:dead" },
      { name: "crash run", script: "test:crash", args: ["--short"] },
      { name: "mutants", script: "sim", args: ["--mutants", "--ci"], isPatient: true },
      { name: "simulation", script: "sim", args: ["--ci"], isPatient: true },
    ],
  ]);
});

import { ensureInstalled } from "./support/install.js";
import { runScript } from "./support/failure.js";
import { npmScript, runParts } from "./support/parts.js";
import { STATIC_CHECKS } from "./support/static-checks.js";

const NO_WARNING = ["--disable-warning=ExperimentalWarning"];

/**
 * `npm run check`: what CI runs. The tests keep every core busy but at their beginning and end, and some of them wait; the other
 * checks run beside them, one after the other, and take what the tests leave; the simulation last, which uses every core.
 */
await runScript(async () => {
  await ensureInstalled();
  process.exitCode = await runParts([
    [{ name: "tests", command: npmScript("check:tests") }],
    [
      ...STATIC_CHECKS,
      { name: "dead code", command: npmScript("check:dead") },
      { name: "crash run", command: ["node", ...NO_WARNING, "test/crash/main.ts", "--short"] },
      { name: "mutants", command: ["node", "test/sim/main.ts", "--mutants", "--ci"], isPatient: true },
      { name: "simulation", command: ["node", "test/sim/main.ts", "--ci"], isPatient: true },
    ],
  ]);
});

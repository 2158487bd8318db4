import { spawn } from "node:child_process";
import { constants } from "node:os";
import { runScript } from "./support/failure.js";
import { ensureInstalled, toolEnv } from "./support/install.js";
import { ROOT } from "./support/root.js";

/** `npm test`: installs what is missing, then runs `npm run check` and passes its exit code on. */
await runScript(async () => {
  await ensureInstalled();
  const isWindows = process.platform === "win32";
  const check = spawn("npm", ["run", "check"], { cwd: ROOT, env: toolEnv(), stdio: "inherit", shell: isWindows });
  // Ctrl-C reaches the checks themselves, which share the terminal; what is sent to this process alone is passed on.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => check.kill("SIGTERM"));
  process.exitCode = await new Promise((resolve, reject) => {
    check.once("error", reject);
    check.once("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
});

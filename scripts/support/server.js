import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { healthOf, wrongSettings } from "./api.js";
import { keepOutput, startChild, stopChild } from "./children.js";
import { ensureDevVars } from "./dev-vars.js";
import { writeDevConfig } from "./dev-config.js";
import { failure } from "./failure.js";
import { ensureInstalled, toolEnv, wranglerCommand } from "./install.js";
import { migrateLocally } from "./migrate.js";
import { showWork } from "./progress.js";

const HOST = "127.0.0.1";
const DEFAULT_PORT = 8787;
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 200;

/** @typedef {{ url: string, exitCode: Promise<number>, stop: () => Promise<void>, showLog: () => void }} Server */

/** Prepares a working folder, claimed before, for a server: packages, secrets, tables. */
export async function prepare() {
  await ensureInstalled();
  const written = ensureDevVars();
  if (written.length > 0) console.log(`.dev.vars: wrote ${written.join(", ")}`);
  await showWork("Applying D1 migrations", migrateLocally);
}

/**
 * Starts `wrangler dev` and waits until it answers. Its log is held back until `showLog`; warnings and errors are not.
 * @param {number} port @returns {Promise<Server>}
 */
export async function startServer(port) {
  const url = addressOf(port);
  const options = ["--config", writeDevConfig(), "--ip", HOST, "--port", String(port), "--show-interactive-dev-session=false"];
  const [command, args] = wranglerCommand(["dev", ...options]);
  const colour = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  const { child, exitCode } = startChild(command, args, { ...toolEnv(), ...colour }, ["ignore", "pipe", "pipe"]);
  // Its first output would break the line that shows the progress.
  child.stderr?.once("data", () => void (process.stdout.isTTY && process.stdout.write("\n")));
  child.stderr?.pipe(process.stderr);
  const output = keepOutput([child.stdout]);
  const stop = () => stopChild(child);
  try {
    await showWork("Starting wrangler dev", () => Promise.race([answers(url), endsEarly(exitCode)]));
  } catch (error) {
    process.stderr.write(output());
    await stop();
    throw error;
  }
  return { url, exitCode, stop, showLog: () => void child.stdout?.pipe(process.stdout) };
}

/** @param {number} port */
function addressOf(port) {
  return `http://${HOST}:${port}`;
}

/**
 * @param {string | undefined} text the environment's PORT
 * @throws a failure when it is no port
 */
export function portOf(text) {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw failure(`PORT must be a number from 1 to 65535, not ${JSON.stringify(text)}.`);
}

/**
 * Checks whether a port is free; 0 finds any free one.
 * @param {number} port @returns {Promise<number>}
 * @throws a failure when it cannot
 */
export function freePort(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      const reason = error.code === "EADDRINUSE" ? "in use" : `not usable (${error.code})`;
      reject(
        failure(`Port ${port} is ${reason}. Choose another: PORT=${port === DEFAULT_PORT ? 8788 : DEFAULT_PORT} npm run dev`),
      );
    });
    probe.listen(port, HOST, () => {
      const address = probe.address();
      const free = typeof address === "object" && address !== null ? address.port : port;
      probe.close(() => resolve(free));
    });
  });
}

/** @param {string} url */
async function answers(url) {
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  /** @type {import("./api.js").Health} */
  let health;
  while (Date.now() < deadlineMs) {
    health = await healthOf(url).catch(() => undefined);
    if (health?.status === 200) return;
    const problems = wrongSettings(health);
    if (problems.length > 0) throw failure(`These settings are wrong:\n${problems.map((line) => `  ${line}\n`).join("")}`);
    await sleep(POLL_MS);
  }
  const state = health === undefined ? "did not answer" : `answered ${health.status}`;
  throw failure(`GET ${url}/health ${state} for ${START_TIMEOUT_MS / 1_000} s; see the output of wrangler above.`);
}

/** @param {Promise<number>} exitCode @returns {Promise<never>} */
async function endsEarly(exitCode) {
  throw failure(`wrangler dev ended with code ${await exitCode}; see its output above.`);
}

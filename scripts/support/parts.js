import { setPriority } from "node:os";
import { startChild, stopChild } from "./children.js";
import { toolEnv } from "./install.js";

/** How often it is said what still runs. */
const STILL_EVERY_MS = 30_000;
/** Niceness of what has no time limits: it takes the time that the others leave. */
const PATIENT = 10;

/**
 * @typedef {object} Part one check
 * @property {string} name
 * @property {string[]} command
 * @property {Record<string, string>} [env] what its environment has besides
 * @property {boolean} [isPatient] whether the others go first where cores are few
 *
 * @typedef {{ name: string, seconds: number, code: number }} Ended
 */

/**
 * Runs lanes of parts beside each other, the parts of a lane one after the other. What a part prints is shown in one piece when it
 * ends; the first to fail stops all. The last lines say how long each took, and which failed.
 * @param {Part[][]} lanes
 * @returns {Promise<number>} the exit code: 0, or that of the part that failed
 */
export async function runParts(lanes) {
  const beganMs = Date.now();
  /** @type {Map<string, import("node:child_process").ChildProcess>} */
  const running = new Map();
  /** @type {Ended[]} */
  const ended = [];
  /** @type {Ended | undefined} */
  let failed;
  const still = setInterval(() => {
    console.log(`… ${secondsSince(beganMs).toFixed(0)} s: ${[...running.keys()].join(", ")}`);
  }, STILL_EVERY_MS);
  const runLane = async (/** @type {Part[]} */ lane) => {
    for (const part of lane) {
      if (failed) return;
      const { child, result } = startPart(part);
      running.set(part.name, child);
      const { output, ...end } = await result;
      running.delete(part.name);
      // What was stopped has nothing to say.
      if (failed) return;
      ended.push(end);
      console.log(`\n── ${titleOf(end)}\n${output.trimEnd()}`);
      if (end.code === 0) continue;
      failed = end;
      await Promise.all([...running.values()].map(stopChild));
    }
  };
  await Promise.all(lanes.map(runLane)).finally(() => clearInterval(still));
  console.log(`\n${ended.map(titleOf).join("\n")}`);
  console.log(`${failed ? `${failed.name} failed` : "All is well"} after ${secondsSince(beganMs).toFixed(0)} s`);
  return failed?.code ?? 0;
}

/**
 * The command of an npm script. It has to be none that starts a process group of its own, as `runTypeScript` does: that would outlive it.
 * @param {string} script @param {string[]} args
 */
export function npmScript(script, ...args) {
  return ["npm", "run", "--silent", script, "--", ...args];
}

/** @param {Part} part */
function startPart({ name, command: [program = "", ...args], env: own = {}, isPatient = false }) {
  const beganMs = Date.now();
  const env = { ...toolEnv(), ...(process.stdout.isTTY && { FORCE_COLOR: "1" }), ...own };
  const { child, exitCode } = startChild(program, args, env, ["ignore", "pipe", "pipe"]);
  if (isPatient && child.pid !== undefined) setPriority(child.pid, PATIENT);
  /** @type {Buffer[]} */
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (/** @type {Buffer} */ chunk) => said.push(chunk));
  const result = exitCode.then((code) => ({
    name,
    code,
    seconds: secondsSince(beganMs),
    output: Buffer.concat(said).toString(),
  }));
  return { child, result };
}

/** @param {Ended} ended */
function titleOf({ name, seconds, code }) {
  return `${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s${code === 0 ? "" : `  failed with ${code}`}`;
}

/** @param {number} ms */
function secondsSince(ms) {
  return (Date.now() - ms) / 1_000;
}

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { failure } from "./failure.js";
import { ROOT } from "./root.js";

/** How long a child may take to end itself before its whole process group is killed. */
const STOP_GRACE_MS = 5_000;
/** The most that a failing command shows of its last output. */
const MAX_KEPT_CHARACTERS = 20_000;
const PARENT_CHECK_MS = 500;

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const running = new Set();
let isWatching = false;
let isStopping = false;

/**
 * Starts a command in a process group of its own, which ends with this process whatever ends it.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @param {import("node:child_process").StdioOptions} stdio
 */
export function startChild(command, args, env, stdio) {
  watchSignals();
  const isWindows = process.platform === "win32";
  // npm is a batch file on Windows, which only a shell can start.
  const child = spawn(command, args, { cwd: ROOT, env, stdio, detached: !isWindows, shell: isWindows && command === "npm" });
  running.add(child);
  // Its orphans would keep its pipes open, and then it never counts as closed.
  child.once("exit", () => killGroup(child));
  /** @type {Promise<number>} */
  const exitCode = new Promise((resolve, reject) => {
    child.once("error", (error) => reject(failure(`${command} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => resolve(code ?? codeOfSignal(signal)));
  });
  const ended = exitCode.finally(() => running.delete(child));
  // Code that awaits the exit code sees a failure to start; none may be waiting yet.
  ended.catch(() => undefined);
  return { child, exitCode: ended };
}

/**
 * Runs a command to its end, and shows what it printed only when it fails.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env @param {string} failed what to say then
 */
export async function runQuietly(command, args, env, failed) {
  const { child, exitCode } = startChild(command, args, env, ["ignore", "pipe", "pipe"]);
  const output = keepOutput([child.stdout, child.stderr]);
  if ((await exitCode) === 0) return;
  process.stderr.write(`\n${output()}\n`);
  throw failure(failed);
}

/**
 * Keeps the end of the output of streams.
 * @param {(NodeJS.ReadableStream | null)[]} streams
 */
export function keepOutput(streams) {
  let kept = "";
  for (const stream of streams) {
    stream?.on("data", (/** @type {Buffer} */ chunk) => {
      kept = (kept + chunk.toString()).slice(-MAX_KEPT_CHARACTERS);
    });
  }
  return () => kept;
}

/**
 * Asks a child to end, and kills what is left of its group when it does not.
 * @param {ChildProcess} child
 */
export async function stopChild(child) {
  if (!running.has(child)) return;
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => child.once("close", () => resolve()));
  const timer = setTimeout(() => killGroup(child), STOP_GRACE_MS);
  child.kill("SIGTERM");
  await closed;
  clearTimeout(timer);
}

/** @param {ChildProcess} child */
function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended by itself.
  }
}

function watchSignals() {
  if (isWatching) return;
  isWatching = true;
  process.on("exit", killAll);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => void stopAll(signal));
  }
  watchParent();
}

/** npm passes a SIGTERM on to the shell between it and this process, which dies of it without a message. */
function watchParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent && !isStopping) void stopAll("SIGTERM");
  }, PARENT_CHECK_MS);
  timer.unref();
}

/** @param {NodeJS.Signals} signal */
async function stopAll(signal) {
  // At a second Ctrl-C the exit handler kills at once.
  if (!isStopping) {
    isStopping = true;
    await Promise.all([...running].map(stopChild));
  }
  process.exit(codeOfSignal(signal));
}

function killAll() {
  for (const child of running) killGroup(child);
}

/** @param {NodeJS.Signals | null} signal @returns {number} what a shell reports */
function codeOfSignal(signal) {
  return signal === null ? 1 : 128 + constants.signals[signal];
}

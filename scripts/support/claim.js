import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./root.js";

const CONNECT_TIMEOUT_MS = 2_000;
const LINUX_NAME_BYTES = 108;

/**
 * @typedef {{ url?: string, pid: number, isTemporary: boolean, proof: string }} Holder a process that serves the state of a folder, from
 *   before its server listens; `isTemporary` is a server that a script has started for itself
 * @typedef {{ setUrl: (url: string) => void, release: () => void }} Claim
 */

/**
 * Claims the stored state of a working folder for the one server that may use it. The claim is a socket that the system closes when this
 * process ends, however it ends; so no slow answer of a server looks like none, and nothing is left behind.
 * @param {{ isTemporary?: boolean, folder?: string }} [options]
 * @returns {Promise<Claim | undefined>} nothing where another process has the claim
 */
export async function claimFolder({ isTemporary = false, folder = ROOT } = {}) {
  const proof = randomUUID();
  const listener = await listen(addressOf(folder), proof);
  if (listener === undefined) return undefined;
  const file = fileOf(folder);
  /** @param {string} [url] */
  const write = (url) => {
    mkdirSync(join(folder, ".wrangler"), { recursive: true });
    writeFileSync(file, JSON.stringify({ url, pid: process.pid, isTemporary, proof }), { mode: 0o600 });
  };
  const release = () => {
    process.off("exit", release);
    rmSync(file, { force: true });
    listener.close();
  };
  write();
  process.once("exit", release);
  return { setUrl: write, release };
}

/**
 * @param {string} [folder]
 * @returns {Promise<Holder | "unknown" | undefined>} who has the claim of a folder; `unknown` where the folder's file does not say it
 */
export async function holderOf(folder = ROOT) {
  const answer = await ask(addressOf(folder));
  if (answer === undefined) return undefined;
  try {
    const holder = /** @type {Holder} */ (JSON.parse(readFileSync(fileOf(folder), "utf8")));
    // Another user of this machine can take the name of the socket, but cannot read the proof.
    return holder.proof === answer ? holder : "unknown";
  } catch {
    return "unknown";
  }
}

/** @param {string} folder */
function fileOf(folder) {
  return join(folder, ".wrangler", "holdfast-server.json");
}

/**
 * The name of a folder's socket. Linux and Windows free it with the process; elsewhere a file is left, which nobody answers.
 * @param {string} folder
 */
function addressOf(folder) {
  const name = `holdfast-${createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 32)}`;
  // Node 20 fills the name up to this length and later releases do not: the first `npm run dev` of a clone runs on the system's Node, the
  // next script on the project's own, and they have to meet.
  if (process.platform === "linux") return `\0${name}`.padEnd(LINUX_NAME_BYTES, "\0");
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** @param {string} address @param {string} proof @returns {Promise<import("node:net").Server | undefined>} */
async function listen(address, proof) {
  const listener = await tryListen(address, proof);
  if (listener !== undefined || /^[\0\\]/.test(address) || (await ask(address)) !== undefined) return listener;
  rmSync(address, { force: true });
  return tryListen(address, proof);
}

/** @param {string} address @param {string} proof @returns {Promise<import("node:net").Server | undefined>} */
function tryListen(address, proof) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // Who asks may be gone before the answer.
      socket.on("error", () => undefined);
      socket.end(proof);
    });
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server.unref()));
  });
}

/** @param {string} address @returns {Promise<string | undefined>} the proof of who listens; empty where it says nothing in time */
function ask(address) {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(address);
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy());
    socket.on("data", (chunk) => (said += chunk.toString()));
    socket.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(undefined);
    });
    socket.once("close", () => resolve(said));
  });
}

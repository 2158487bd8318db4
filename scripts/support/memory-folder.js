import { accessSync, constants, mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** Linux has a folder in memory here. */
const MEMORY = "/dev/shm";
/** Tests write some hundred megabytes; a container often has only 64. */
const MIN_FREE_BYTES = 2 ** 30;
const OURS = /^holdfast-tests-(\d+)$/;

/**
 * Makes a folder in memory that is removed when this process ends. Those of processes that were killed are removed first.
 * @returns its path; nothing where there is no such memory, or too little
 */
export function memoryFolder() {
  try {
    accessSync(MEMORY, constants.W_OK);
    for (const name of readdirSync(MEMORY)) if (isLeftOver(name)) rmSync(join(MEMORY, name), { recursive: true, force: true });
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < MIN_FREE_BYTES) return undefined;
    const folder = join(MEMORY, `holdfast-tests-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch {
    return undefined;
  }
}

/** @param {string} name */
function isLeftOver(name) {
  const pid = Number(OURS.exec(name)?.[1]);
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // A process of another user cannot be asked, but is there.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

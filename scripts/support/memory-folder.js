import { accessSync, constants, statfsSync } from "node:fs";

/** Where Linux has a folder that is memory. */
const FOLDER = "/dev/shm";
/** Tests write some hundred megabytes; in a container there are often only 64. */
const MIN_FREE_BYTES = 2 ** 30;

/** @returns a folder in memory with room for what tests write, if there is one */
export function memoryFolder() {
  try {
    accessSync(FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(FOLDER);
    return bavail * bsize >= MIN_FREE_BYTES ? FOLDER : undefined;
  } catch {
    return undefined;
  }
}

const FAILURE = "Failure";

/**
 * Something the person at the keyboard can put right. It is shown as one line, without a stack.
 * @param {string} message @returns {Error}
 */
export function failure(message) {
  return Object.assign(new Error(message), { name: FAILURE });
}

/**
 * Runs a script to its end and turns what it throws into an exit code of 1; only a bug shows its stack.
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    const expected = error instanceof Error && error.name === FAILURE;
    console.error(expected ? `\nHoldfast: ${error.message}` : error);
    process.exit(1);
  }
}

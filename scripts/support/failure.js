const FAILURE = "Failure";

/**
 * An error that the user can correct. It is shown as one line, without a stack trace.
 * @param {string} message @returns {Error}
 */
export function failure(message) {
  return Object.assign(new Error(message), { name: FAILURE });
}

/**
 * Runs a script and turns an error into exit code 1; only a bug shows its stack trace.
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

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
/** How often waiting is reported where no line can be redrawn. */
const PLAIN_EVERY_MS = 10_000;
const PLAIN_STEP_PERCENT = 25;
const BAR_WIDTH = 30;

/**
 * Shows that work is in progress, with its duration in seconds.
 * @template T @param {string} label @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function showWork(label, work) {
  const startedMs = Date.now();
  const elapsed = () => Math.floor((Date.now() - startedMs) / 1_000);
  const isTty = process.stdout.isTTY;
  if (!isTty) console.log(`${label} …`);
  let frame = 0;
  const timer = setInterval(
    () => {
      if (isTty) redraw(`${SPINNER[frame++ % SPINNER.length]} ${label} ${elapsed()} s`);
      else console.log(`${label} … ${elapsed()} s`);
    },
    isTty ? FRAME_MS : PLAIN_EVERY_MS,
  );
  try {
    const result = await work();
    endLine(`${label}: ${((Date.now() - startedMs) / 1_000).toFixed(1)} s`);
    return result;
  } catch (error) {
    endLine(`${label}: failed`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/**
 * A bar for work whose size is known: one line on a terminal, else a line for every quarter.
 * @param {string} label @param {number} total
 */
export function createBar(label, total) {
  const startedMs = Date.now();
  let done = 0;
  let reportedPercent = 0;
  return {
    /** @param {number} step */
    advance(step) {
      done += step;
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      const line = barLine(label, { done, total, percent, seconds: (Date.now() - startedMs) / 1_000 });
      if (done >= total) endLine(line);
      else if (process.stdout.isTTY) redraw(line);
      else if (percent >= reportedPercent + PLAIN_STEP_PERCENT) {
        reportedPercent = percent - (percent % PLAIN_STEP_PERCENT);
        console.log(line);
      }
    },
    /** Ends the line of a bar that does not reach its end. */
    abandon() {
      if (process.stdout.isTTY && done < total) process.stdout.write("\n");
    },
  };
}

/**
 * @param {string} label
 * @param {{ done: number, total: number, percent: number, seconds: number }} state
 */
function barLine(label, { done, total, percent, seconds }) {
  const rate = Math.round(done / Math.max(seconds, 0.001));
  const filled = Math.round((BAR_WIDTH * percent) / 100);
  const bar = process.stdout.isTTY ? ` [${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}]` : "";
  return `${label}${bar} ${percent} % ${count(done)} of ${count(total)} (${count(rate)}/s)`;
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString("en");
}

/** @param {string} line */
function redraw(line) {
  // A line longer than the terminal would wrap and could not be redrawn.
  const width = process.stdout.columns || 80;
  process.stdout.write(`\r\x1b[K${line.slice(0, width - 1)}`);
}

/** @param {string} line */
function endLine(line) {
  if (process.stdout.isTTY) redraw(line);
  else process.stdout.write(line);
  process.stdout.write("\n");
}

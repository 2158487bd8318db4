import { parseArgs } from "node:util";
import { auditAll, summaryOf } from "./support/audit.js";
import { failure, runScript } from "./support/failure.js";
import { withServer } from "./support/target.js";

const USAGE = "Usage: npm run audit [-- --url URL] [--no-repair]";

/**
 * `npm run audit`: has every product prove its stock and repairs the copy in the database, here or in a deployment (with ADMIN_TOKEN in
 * the environment). Fails if a ledger is wrong or a product did not answer.
 */
await runScript(async () => {
  const { url, "no-repair": isLook = false } = readArguments();
  await withServer(url, async (api) => {
    const audited = await auditAll(api, { repair: !isLook });
    for (const line of summaryOf(audited)) console.log(line);
    const wrong = audited.differences.filter(({ where }) => where === "ledger").length;
    if (wrong > 0) throw failure(`${wrong} figures of ledgers are wrong. That is a bug: keep this output, and report it.`);
    if (audited.unanswered.length > 0) throw failure(`${audited.unanswered.length} products did not answer. Run it again.`);
  });
});

function readArguments() {
  try {
    return parseArgs({ options: { url: { type: "string" }, "no-repair": { type: "boolean" } } }).values;
  } catch (error) {
    throw failure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

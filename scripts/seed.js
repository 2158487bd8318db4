import { parseArgs } from "node:util";
import { failure, runScript } from "./support/failure.js";
import { seedShop } from "./support/seed-shop.js";
import { withServer } from "./support/target.js";

/** `npm run seed [-- --url URL]`: loads the demo shop, here or into a deployment (with ADMIN_TOKEN in the environment). */
await runScript(() => withServer(urlArgument(), seedShop));

function urlArgument() {
  try {
    return parseArgs({ options: { url: { type: "string" } } }).values.url;
  } catch (error) {
    throw failure(`${error instanceof Error ? error.message : String(error)}\nUsage: npm run seed [-- --url URL]`);
  }
}

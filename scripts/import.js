import { runTypeScript } from "./support/run-typescript.js";

/** `npm run import`: creates and changes the products of a file, which the API's own reader reads. */
await runTypeScript("scripts/support/import-catalogue.js");

import { runTypeScript } from "./support/run-typescript.js";

/** `npm run bench:import`: measures how many orders a second are placed beside an import (`bench/imports.ts`). */
await runTypeScript("bench/imports.ts");

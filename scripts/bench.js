import { runTypeScript } from "./support/run-typescript.js";

/** `npm run bench`: measures orders per second beside a bare Worker with the same hops, in one run (`bench`). */
await runTypeScript("bench/main.ts");

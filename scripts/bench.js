import { runTypeScript } from "./support/run-typescript.js";

/** `npm run bench`: how fast it sells, against a bare Worker with the same hops in the same run (`bench`). */
await runTypeScript("bench/main.ts");

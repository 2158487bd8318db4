import { runTypeScript } from "./support/run-typescript.js";

/** `npm run test:crash`: what would be deployed, killed again and again under load (`test/crash`). `-- --short` takes a minute. */
await runTypeScript("test/crash/main.ts", ["--disable-warning=ExperimentalWarning"]);

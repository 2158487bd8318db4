import { runTypeScript } from "./support/run-typescript.js";

/** `npm run test:crash`: kills the deployed bundle again and again under load (`test/crash`). `-- --short` takes a minute. */
await runTypeScript("test/crash/main.ts", ["--disable-warning=ExperimentalWarning"]);

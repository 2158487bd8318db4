import { runTypeScript } from "./support/run-typescript.js";

/** `npm run sim`: runs the protocol under a seeded scheduler (`test/sim`). `-- --seed N` replays one schedule. */
await runTypeScript("test/sim/main.ts");

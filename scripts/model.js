import { runTypeScript } from "./support/run-typescript.js";

/** `npm run model`: visits every state of the model of a shelf (`test/model`), with all rules and without each. */
await runTypeScript("test/model/main.ts");

import { fileURLToPath } from "node:url";

/** The top folder of the project. `import.meta.dirname` is missing from the first releases of Node 20. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);

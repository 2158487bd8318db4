import { beforeAll, describe, it } from "vitest";
import { type Operation, readOperations } from "./checks/document.ts";
import { isRecord, resolved, type Schema, type Schemas } from "./checks/json-schema.ts";
import { draftOf, type RequestDraft, requestOf } from "./fuzz/request-draft.ts";
import { openAttackedShop, type Shop } from "./shop.ts";
import { ADMINISTRATION } from "./valid-requests/administration.ts";
import { CATALOG } from "./valid-requests/catalog.ts";
import { SHOPPING } from "./valid-requests/shopping.ts";
import { STOCK } from "./valid-requests/stock.ts";

const VALID = { ...CATALOG, ...ADMINISTRATION, ...SHOPPING, ...STOCK };
/** Stripe adds members to its events at any time. */
const FOREIGN = "POST /api/v1/webhooks/stripe";
/** Each row of counts is refused by itself: test/stock/adjustments has it. */
const ROW_OF_COUNTS = "counts[";
const BODIES_WITHOUT_READER = new Set(["GET", "HEAD"]);

let shop: Shop;
let operations: Operation[];
let schemas: Schemas;

beforeAll(async () => {
  shop = await openAttackedShop();
  ({ operations, schemas } = await readOperations());
});

/** What is said against a request that has one thing too much: `[422, field, message]`. */
async function refusalOf(draft: RequestDraft): Promise<unknown[]> {
  const request = requestOf(draft);
  if (!request) throw new Error("not a request");
  const response = await shop.fetch(request);
  const { errors = [] } = await response.json<{ errors?: { field: string; message: string }[] }>();
  return [response.status, ...errors.flatMap(({ field, message }) => [field, message])];
}

/** Every change of a body that adds one unknown member to one of its objects, with the path of the member. */
function strangers(value: unknown, path = ""): { path: string; with: (member: unknown) => unknown }[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, index) =>
      strangers(each, `${path}[${index}]`).map((inner) => ({
        ...inner,
        with: (member: unknown) => value.map((other: unknown, at) => (at === index ? inner.with(member) : other)),
      })),
    );
  }
  if (!isRecord(value)) return [];
  const nested = Object.entries(value).flatMap(([name, each]) =>
    strangers(each, path === "" ? name : `${path}.${name}`).map((inner) => ({
      ...inner,
      with: (member: unknown) => ({ ...value, [name]: inner.with(member) }),
    })),
  );
  return [{ path: path === "" ? "stranger" : `${path}.stranger`, with: (stranger) => ({ ...value, stranger }) }, ...nested];
}

async function validDraft(operation: Operation): Promise<RequestDraft> {
  const valid = await VALID[operation.name]?.(shop);
  if (!valid) throw new Error(`${operation.name} has no valid request`);
  return draftOf(operation, valid, shop);
}

/** The paths of objects in a request's schema that take members beside their own. */
function openObjects(given: Schema, path: string): string[] {
  const schema = resolved(schemas, given);
  const members = Object.entries(schema.properties ?? {});
  const alternatives = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((each) => each ?? []);
  return [
    ...(schema.properties && schema.additionalProperties !== false ? [path] : []),
    ...members.flatMap(([name, member]) => openObjects(member, `${path}.${name}`)),
    ...(schema.items ? openObjects(schema.items, `${path}[]`) : []),
    ...alternatives.flatMap((each) => openObjects(each, path)),
  ];
}

describe("nothing that a client sends is dropped in silence:", () => {
  it("an unknown query parameter is refused by every operation, naming it", async ({ expect }) => {
    for (const operation of operations) {
      const draft = await validDraft(operation);
      const said = await refusalOf({ ...draft, query: [...draft.query, ["stranger", "1"]] });
      const expected = operation.name === FOREIGN ? expect.anything() : [422, "stranger", "is not a parameter of this request"];
      expect({ [operation.name]: said }).toEqual({ [operation.name]: expected });
    }
  });

  it("an unknown member is refused at every depth of every body, naming it", async ({ expect }) => {
    for (const operation of operations.filter(({ body, name }) => body && name !== FOREIGN)) {
      const draft = await validDraft(operation);
      for (const place of strangers(JSON.parse(String(draft.body))).filter(({ path }) => !path.startsWith(ROW_OF_COUNTS))) {
        const said = await refusalOf({ ...draft, body: JSON.stringify(place.with(1)) });
        expect({ [operation.name]: said }).toEqual({ [operation.name]: [422, place.path, "is not a member of this request"] });
      }
    }
  });

  it("a body is refused where an operation takes none, but for an empty object", async ({ expect }) => {
    const without = operations.filter(({ hasBody, method }) => !hasBody && !BODIES_WITHOUT_READER.has(method));
    for (const operation of without) {
      const draft = await validDraft(operation);
      const headers: [string, string][] = [...draft.headers, ["Content-Type", "application/json"]];
      const said = await refusalOf({ ...draft, headers, body: '{"reason":"late"}' });
      expect({ [operation.name]: said }).toEqual({
        [operation.name]: [422, "body", "must be empty: this request takes none"],
      });
    }
    expect(without.length).toBeGreaterThan(10);
  });

  it("every object that a request's schema names is closed in the OpenAPI document", ({ expect }) => {
    const open = operations.flatMap(({ name, body }) => (body && name !== FOREIGN ? openObjects(body, name) : []));
    expect(open).toEqual([]);
  });
});

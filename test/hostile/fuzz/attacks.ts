import fc from "fast-check";
import type { Operation } from "../checks/document.ts";
import type { RequestDraft } from "./request-draft.ts";
import { ADDRESS_TEXTS, BODIES, CONTENT_TYPES, HEADERS, JSON_TEXTS, METHODS } from "./hostile-values.ts";
import { isRecord, type Schemas } from "../checks/json-schema.ts";
import { type ExistingValues, valuesFor } from "./generated-values.ts";
import { CALLERS, type Shop } from "../shop.ts";

const MAX_DEPTH = 20;

/** One change of a valid request. fast-check prints its name in a counterexample. */
export interface Attack {
  change: (draft: RequestDraft) => RequestDraft;
  [fc.toStringMethod]: () => string;
}

/** The attacks on an operation. @param known existing values, for generated requests to refer to */
export function attacksOn(operation: Operation, schemas: Schemas, known: ExistingValues, shop: Shop): fc.Arbitrary<Attack> {
  const attacks = [onHeaders, onMethod, onCaller(shop)];
  if (operation.body) attacks.push(onMember, onMember, onBody, generatedBody(operation, schemas, known));
  else attacks.push(onBody);
  if (operation.path.includes("{")) attacks.push(onParams);
  if (operation.parameters.some((parameter) => parameter.in === "query"))
    attacks.push(onQuery(operation), generatedQuery(operation, schemas, known));
  return fc.oneof(...attacks);
}

const hostileText = fc.constantFrom(...ADDRESS_TEXTS);

const onHeaders = fc
  .constantFrom(...HEADERS)
  .map(([name, value]) => attack(`${name}: ${value}`, (draft) => ({ ...draft, headers: [...draft.headers, [name, value]] })));

const onMethod = fc.constantFrom(...METHODS).map((method) => attack(method, (draft) => ({ ...draft, method })));

const onCaller = (shop: Shop) =>
  fc
    .constantFrom(...CALLERS)
    .map((caller) => attack(`as ${caller}`, (draft) => ({ ...draft, caller, token: shop.tokens[caller] })));

const onParams = fc.tuple(fc.nat(), hostileText).map(([nth, text]) =>
  attack(`parameter ${nth}: ${text}`, (draft) => {
    const names = Object.keys(draft.params);
    return { ...draft, params: { ...draft.params, [names[nth % names.length] ?? ""]: text } };
  }),
);

function onQuery({ parameters }: Operation) {
  const names = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
  const name = fc.constantFrom(...names, ...names, "__proto__", "nothing", "", `${names[0]}[]`, "%00");
  return fc.tuple(name, hostileText, fc.boolean()).map(([queried, text, isAdded]) =>
    attack(`query ${queried}=${text}`, (draft) => ({
      ...draft,
      query: [...draft.query.filter(([each]) => isAdded || each !== queried), [queried, text]],
    })),
  );
}

function generatedQuery({ parameters }: Operation, schemas: Schemas, known: ExistingValues) {
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const model = Object.fromEntries(inQuery.map(({ name, schema }) => [name, valuesFor(schemas, schema, known, name)]));
  return fc.record(model, { requiredKeys: [] }).map((made) =>
    attack("generated query", (draft) => ({
      ...draft,
      query: Object.entries(made).map(([name, value]): [string, string] => [name, escaped(value)]),
    })),
  );
}

/** A lone surrogate cannot be percent-encoded, so it is replaced. */
function escaped(value: unknown): string {
  return encodeURIComponent(String(value).toWellFormed());
}

function generatedBody({ body = {} }: Operation, schemas: Schemas, known: ExistingValues) {
  return valuesFor(schemas, body, known).map((made) =>
    attack("generated body", (draft) => ({ ...draft, body: JSON.stringify(made) })),
  );
}

const MARK = "@@here@@";

/** Replaces, duplicates, extends or deletes one member of the body at any depth. */
const onMember = fc
  .tuple(
    fc.nat(),
    fc.constantFrom(...JSON_TEXTS),
    fc.constantFrom("is", "is missing", "is also", "has an unknown member beside it"),
  )
  .map(([nth, text, how]) =>
    attack(`member ${nth} ${how} ${text.slice(0, 60)}`, (draft) => {
      if (typeof draft.body !== "string") return draft;
      const body: unknown = parsed(draft.body);
      const places = placesIn(body);
      const place = places[nth % Math.max(1, places.length)];
      if (!place) return draft;
      const { of, name } = place;
      const before = of[name];
      if (how === "is missing") Reflect.deleteProperty(of, name);
      else of[name] = MARK;
      const kept = JSON.stringify(before);
      const unknown = `${text},"__proto__":${text},"is_admin":true`;
      const inserted = {
        is: text,
        "is also": `${kept},${JSON.stringify(name)}:${text}`,
        "has an unknown member beside it": `${kept},"stranger":${unknown}`,
      };
      const replacement = Array.isArray(of) ? text : (inserted[how as keyof typeof inserted] ?? "");
      return { ...draft, body: JSON.stringify(body).replace(`"${MARK}"`, () => replacement) };
    }),
  );

interface Place {
  of: Record<string, unknown>;
  name: string;
}

function placesIn(value: unknown, depth = 0): Place[] {
  if (depth > MAX_DEPTH || (!isRecord(value) && !Array.isArray(value))) return [];
  const of = value as Record<string, unknown>;
  return Object.keys(of).flatMap((name) => [{ of, name }, ...placesIn(of[name], depth + 1)]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const bytes = (...values: number[]) => Uint8Array.from(values);

const onBody = fc.oneof(
  fc.constantFrom(...BODIES).map((body) => attack(`body ${body.slice(0, 60)}`, (draft) => ({ ...draft, body }))),
  fc
    .constantFrom(bytes(0xff, 0xfe, 0x7b, 0), bytes(0xc3, 0x28), bytes(0x1f, 0x8b, 8), bytes(0x22, 0xed, 0xa0, 0x80, 0x22))
    .map((body) => attack(`bytes ${String(body)}`, (draft) => ({ ...draft, body }))),
  fc
    .integer({ min: 0, max: 99 })
    .map((percent) =>
      attack(`${percent} % of the body`, (draft) =>
        typeof draft.body === "string" ? { ...draft, body: draft.body.slice(0, (draft.body.length * percent) / 100) } : draft,
      ),
    ),
  fc
    .constantFrom(...CONTENT_TYPES)
    .map((type) =>
      attack(`Content-Type: ${type}`, (draft) => ({ ...draft, headers: [...draft.headers, ["Content-Type", type]] })),
    ),
);

function attack(name: string, change: Attack["change"]): Attack {
  return { change, [fc.toStringMethod]: () => name };
}

import fc from "fast-check";
import { membersOf, resolved, type Schema, type Schemas } from "../checks/json-schema.ts";

const MAX_ITEMS = 4;
const MAX_TEXT = 40;

/** Values that exist in the shop, by the name of the member that holds them. */
export type ExistingValues = Readonly<Record<string, unknown[]>>;

/** Values that a schema allows: often at its bounds, and often existing ones. */
export function valuesFor(schemas: Schemas, given: Schema, known: ExistingValues, name = ""): fc.Arbitrary<unknown> {
  const schema = resolved(schemas, given);
  const types = [schema.type ?? "object"].flat();
  const generated = types.map((type) => ofType(type, schemas, schema, known));
  const existing = known[name] ?? [];
  return fc.oneof(
    ...generated,
    ...(existing.length > 0 ? [{ weight: 2 * generated.length, arbitrary: fc.constantFrom(...existing) }] : []),
  );
}

function ofType(type: string, schemas: Schemas, schema: Schema, known: ExistingValues): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer") return whole(schema);
  if (type === "number") return decimal(schema);
  if (type === "string") return text(schema);
  if (type === "array") return list(schemas, schema, known);
  return object(schemas, schema, known);
}

function whole({ minimum = -1_000, maximum = Number.MAX_SAFE_INTEGER }: Schema): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: Math.min(maximum, minimum + 10) }));
}

function decimal({ minimum = -1_000, maximum = 1e15 }: Schema): fc.Arbitrary<number> {
  const cents = fc.integer({ min: 0, max: 100_000 }).map((number) => Math.min(maximum, Math.max(minimum, number / 100)));
  return fc.oneof(fc.constantFrom(minimum, maximum), cents, fc.double({ min: minimum, max: maximum, noNaN: true }));
}

function text({ pattern, format, minLength = 0, maxLength = MAX_TEXT }: Schema): fc.Arbitrary<string> {
  if (format === "email" || pattern?.includes("@") === true) return fc.emailAddress();
  if (format === "date-time") return times;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: "small" });
  const unit = fc.constantFrom("grapheme" as const, "binary" as const);
  const any = unit.chain((of) => fc.string({ unit: of, minLength, maxLength: Math.min(maxLength, MAX_TEXT) }));
  return fc.oneof(any, fc.constant("é".repeat(maxLength)), fc.constant("x".repeat(Math.max(minLength, 1))));
}

const times = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true })
  .map((time) => time.toISOString());

function list(
  schemas: Schemas,
  { items, minItems = 0, maxItems = MAX_ITEMS }: Schema,
  known: ExistingValues,
): fc.Arbitrary<unknown> {
  const size = { minLength: minItems, maxLength: Math.min(maxItems, Math.max(minItems, MAX_ITEMS)) };
  return fc.array(items ? valuesFor(schemas, items, known) : fc.constant(null), size);
}

function object(schemas: Schemas, schema: Schema, known: ExistingValues): fc.Arbitrary<unknown> {
  const members = Object.entries(membersOf(schemas, schema) ?? {});
  const model = Object.fromEntries(members.map(([name, member]) => [name, valuesFor(schemas, member, known, name)]));
  return fc.record(model, { requiredKeys: schema.required ?? [] });
}

/** A schema of the OpenAPI document: the subset of JSON Schema 2020-12 that it uses. `checkSchema` throws for any other keyword. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | false;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  [annotation: string]: unknown;
}

export type Schemas = Readonly<Record<string, Schema>>;

/** Keywords that do not constrain a value. */
const ANNOTATIONS = new Set(["description", "example", "default", "deprecated", "discriminator"]);
const REF = "#/components/schemas/";
/** RFC 3339 in UTC, as every time of the API is. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** Resolves a reference; another schema is returned as is. @throws Error for an unknown reference */
export function resolved(schemas: Schemas, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const found = schemas[schema.$ref.slice(REF.length)];
  if (!found) throw new Error(`${schema.$ref} is an unknown reference`);
  return resolved(schemas, found);
}

/** The members that a schema and the parts it is composed of allow; `undefined` if any member is allowed. */
export function membersOf(schemas: Schemas, given: Schema): Record<string, Schema> | undefined {
  const schema = resolved(schemas, given);
  if (schema.additionalProperties || !(schema.properties ?? schema.allOf)) return undefined;
  const parts = (schema.allOf ?? []).map((part) => membersOf(schemas, part));
  if (parts.includes(undefined)) return undefined;
  return Object.assign({}, ...parts, schema.properties);
}

/**
 * Validates a value against a schema.
 * @returns the violations, each with its path. Members that the schema does not declare are violations too
 * @throws Error for an unknown keyword, so that no keyword is silently ignored
 */
export function schemaFaults(schemas: Schemas, schema: Schema, value: unknown, path = "$"): string[] {
  const members = isRecord(value) ? membersOf(schemas, schema) : undefined;
  const undeclared =
    members === undefined || !isRecord(value) ? [] : Object.keys(value).filter((name) => !Object.hasOwn(members, name));
  return [...undeclared.map((name) => `${path}.${name} is in no schema`), ...checkSchema(schemas, schema, value, path)];
}

function checkSchema(schemas: Schemas, given: Schema, value: unknown, path: string): string[] {
  const schema = resolved(schemas, given);
  return Object.entries(schema).flatMap(([keyword, expected]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = CHECKS[keyword];
    if (!check) throw new Error(`${path}: unknown keyword ${keyword}`);
    return check(value, expected as never, { schemas, schema, path });
  });
}

interface Place {
  schemas: Schemas;
  schema: Schema;
  path: string;
}

type Check = (value: unknown, expected: never, place: Place) => string[];

const CHECKS: Record<string, Check> = {
  type: (value, expected: string | string[], { path }) =>
    [expected].flat().some((type) => isOfType(value, type)) ? [] : [`${path} is ${show(value)}, not ${String(expected)}`],
  enum: (value, expected: unknown[], { path }) =>
    expected.includes(value) ? [] : [`${path} is ${show(value)}, not one of ${expected.join()}`],
  properties: (value, expected: Record<string, Schema>, { schemas, path }) =>
    isRecord(value)
      ? Object.entries(expected).flatMap(([name, member]) =>
          Object.hasOwn(value, name) ? inner(schemas, member, value[name], `${path}.${name}`) : [],
        )
      : [],
  required: (value, expected: string[], { path }) =>
    isRecord(value) ? expected.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name} is missing`) : [],
  // `schemaFaults` finds undeclared members whether or not a schema is closed.
  additionalProperties: (value, expected: Schema | false, { schemas, schema, path }) =>
    isRecord(value) && expected !== false
      ? Object.entries(value).flatMap(([name, member]) =>
          Object.hasOwn(schema.properties ?? {}, name) ? [] : inner(schemas, expected, member, `${path}.${name}`),
        )
      : [],
  items: (value, expected: Schema, { schemas, path }) =>
    Array.isArray(value) ? value.flatMap((item, index) => inner(schemas, expected, item, `${path}[${index}]`)) : [],
  allOf: (value, expected: Schema[], { schemas, path }) => expected.flatMap((part) => checkSchema(schemas, part, value, path)),
  oneOf: (value, expected: Schema[], { schemas, path }) => oneOf(schemas, expected, value, path, (fits) => fits === 1),
  anyOf: (value, expected: Schema[], { schemas, path }) => oneOf(schemas, expected, value, path, (fits) => fits > 0),
  minItems: ofArray((length, expected) => length >= expected),
  maxItems: ofArray((length, expected) => length <= expected),
  minLength: ofText((text, expected: number) => text.length >= expected),
  maxLength: ofText((text, expected: number) => text.length <= expected),
  pattern: ofText((text, expected: string) => new RegExp(expected).test(text)),
  format: ofText((text, expected: string) => expected === "email" || (DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)))),
  minimum: ofNumber((number, expected) => number >= expected),
  maximum: ofNumber((number, expected) => number <= expected),
  exclusiveMinimum: ofNumber((number, expected) => number > expected),
};

/** Validates a member, with undeclared members as violations also inside its alternatives. */
function inner(schemas: Schemas, schema: Schema, value: unknown, path: string): string[] {
  const { oneOf: one, anyOf: any } = resolved(schemas, schema);
  return one || any ? checkSchema(schemas, schema, value, path) : schemaFaults(schemas, schema, value, path);
}

function oneOf(
  schemas: Schemas,
  expected: Schema[],
  value: unknown,
  path: string,
  isEnough: (fits: number) => boolean,
): string[] {
  const faultsByAlternative = expected.map((alternative) => schemaFaults(schemas, alternative, value, path));
  const fits = faultsByAlternative.filter((faults) => faults.length === 0).length;
  return isEnough(fits)
    ? []
    : [`${path} fits ${fits} of ${expected.length} alternatives: ${faultsByAlternative.flat().join("; ")}`];
}

function ofArray(fits: (length: number, expected: number) => boolean): Check {
  return (value, expected: number, { path }) =>
    Array.isArray(value) && !fits(value.length, expected) ? [`${path} has ${value.length} items`] : [];
}

function ofText(fits: (text: string, expected: never) => boolean): Check {
  return (value, expected, { path }) =>
    typeof value === "string" && !fits(value, expected) ? [`${path} is ${show(value)}`] : [];
}

function ofNumber(fits: (number: number, expected: number) => boolean): Check {
  return (value, expected: number, { path }) =>
    typeof value === "number" && !fits(value, expected) ? [`${path} is ${value}`] : [];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 100);
}

/** A schema of the document: the subset of JSON Schema 2020-12 that it uses. `checkSchema` fails on any other keyword. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
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

/** What says nothing of a value. */
const ANNOTATIONS = new Set(["description", "example", "default", "discriminator"]);
const REF = "#/components/schemas/";
/** RFC 3339 in UTC, as every time of the API is. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** The schema that a reference leads to, or the schema itself. @throws where it leads nowhere */
export function resolved(schemas: Schemas, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const found = schemas[schema.$ref.slice(REF.length)];
  if (!found) throw new Error(`${schema.$ref} is nowhere`);
  return resolved(schemas, found);
}

/** Every member that an object may have by a schema and what it is composed of; `undefined` where it may have any. */
export function membersOf(schemas: Schemas, given: Schema): Record<string, Schema> | undefined {
  const schema = resolved(schemas, given);
  if (schema.additionalProperties || !(schema.properties ?? schema.allOf)) return undefined;
  const parts = (schema.allOf ?? []).map((part) => membersOf(schemas, part));
  if (parts.includes(undefined)) return undefined;
  return Object.assign({}, ...parts, schema.properties);
}

/**
 * Checks a value by a schema.
 * @returns what is wrong, each with its path. A member that no part of the schema knows is wrong too: it was promised to nobody
 * @throws for a keyword that it does not know, so that nothing is taken for checked that was not
 */
export function faultsOf(schemas: Schemas, schema: Schema, value: unknown, path = "$"): string[] {
  const members = isRecord(value) ? membersOf(schemas, schema) : undefined;
  const strange =
    members === undefined || !isRecord(value) ? [] : Object.keys(value).filter((name) => !Object.hasOwn(members, name));
  return [...strange.map((name) => `${path}.${name} is in no schema`), ...checkSchema(schemas, schema, value, path)];
}

function checkSchema(schemas: Schemas, given: Schema, value: unknown, path: string): string[] {
  const schema = resolved(schemas, given);
  return Object.entries(schema).flatMap(([keyword, said]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = CHECKS[keyword];
    if (!check) throw new Error(`${path}: nobody checks ${keyword}`);
    return check(value, said as never, { schemas, schema, path });
  });
}

interface Place {
  schemas: Schemas;
  schema: Schema;
  path: string;
}

type Check = (value: unknown, said: never, place: Place) => string[];

const CHECKS: Record<string, Check> = {
  type: (value, said: string | string[], { path }) =>
    [said].flat().some((type) => isOfType(value, type)) ? [] : [`${path} is ${show(value)}, not ${String(said)}`],
  enum: (value, said: unknown[], { path }) =>
    said.includes(value) ? [] : [`${path} is ${show(value)}, not one of ${said.join()}`],
  properties: (value, said: Record<string, Schema>, { schemas, path }) =>
    isRecord(value)
      ? Object.entries(said).flatMap(([name, member]) =>
          Object.hasOwn(value, name) ? inner(schemas, member, value[name], `${path}.${name}`) : [],
        )
      : [],
  required: (value, said: string[], { path }) =>
    isRecord(value) ? said.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name} is missing`) : [],
  additionalProperties: (value, said: Schema, { schemas, schema, path }) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([name, member]) =>
          Object.hasOwn(schema.properties ?? {}, name) ? [] : inner(schemas, said, member, `${path}.${name}`),
        )
      : [],
  items: (value, said: Schema, { schemas, path }) =>
    Array.isArray(value) ? value.flatMap((item, index) => inner(schemas, said, item, `${path}[${index}]`)) : [],
  allOf: (value, said: Schema[], { schemas, path }) => said.flatMap((part) => checkSchema(schemas, part, value, path)),
  oneOf: (value, said: Schema[], { schemas, path }) => oneOf(schemas, said, value, path, (fits) => fits === 1),
  anyOf: (value, said: Schema[], { schemas, path }) => oneOf(schemas, said, value, path, (fits) => fits > 0),
  minItems: ofArray((length, said) => length >= said),
  maxItems: ofArray((length, said) => length <= said),
  minLength: ofText((text, said: number) => text.length >= said),
  maxLength: ofText((text, said: number) => text.length <= said),
  pattern: ofText((text, said: string) => new RegExp(said).test(text)),
  format: ofText((text, said: string) => said === "email" || (DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)))),
  minimum: ofNumber((number, said) => number >= said),
  maximum: ofNumber((number, said) => number <= said),
  exclusiveMinimum: ofNumber((number, said) => number > said),
};

/** A schema with alternatives of its own is as strict in each of them. */
function inner(schemas: Schemas, schema: Schema, value: unknown, path: string): string[] {
  const { oneOf: one, anyOf: any } = resolved(schemas, schema);
  return one || any ? checkSchema(schemas, schema, value, path) : faultsOf(schemas, schema, value, path);
}

function oneOf(schemas: Schemas, said: Schema[], value: unknown, path: string, isRight: (fits: number) => boolean): string[] {
  const found = said.map((alternative) => faultsOf(schemas, alternative, value, path));
  const fits = found.filter((faults) => faults.length === 0).length;
  return isRight(fits) ? [] : [`${path} fits ${fits} of ${said.length} alternatives: ${found.flat().join("; ")}`];
}

function ofArray(isRight: (length: number, said: number) => boolean): Check {
  return (value, said: number, { path }) =>
    Array.isArray(value) && !isRight(value.length, said) ? [`${path} has ${value.length} items`] : [];
}

function ofText(isRight: (text: string, said: never) => boolean): Check {
  return (value, said, { path }) => (typeof value === "string" && !isRight(value, said) ? [`${path} is ${show(value)}`] : []);
}

function ofNumber(isRight: (number: number, said: number) => boolean): Check {
  return (value, said: number, { path }) => (typeof value === "number" && !isRight(value, said) ? [`${path} is ${value}`] : []);
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

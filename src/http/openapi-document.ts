import type { OpenAPIHono } from "@hono/zod-openapi";
import { BODY_EXAMPLES } from "./body-examples.ts";

type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;
type Operation = NonNullable<NonNullable<Document["paths"]>[string]["get"]>;
type Parameter = Extract<NonNullable<Operation["parameters"]>[number], { in: string }>;

const METHODS = ["get", "put", "post", "patch", "delete"] as const;
const JSON_TYPE = "application/json";
/** Parameters whose example is of the demo shop, so that a request with it can be sent as it stands. */
const EXEMPLARY = new Set(["product_id", "quantity", "code", "slug"]);

/**
 * The document as readers use it. The page at `/docs` fills examples of parameters in: a key that all readers share would give each the
 * answer of the first, and filters that nobody set would hide what is there. So only those stay without which nothing can be sent.
 */
export function toDocument(document: Document): Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => {
    const operations = METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [[method, withExamples(operation)] as const] : [];
    });
    return [path, { ...item, ...Object.fromEntries(operations) }] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function withExamples(operation: Operation): Operation {
  const { parameters, requestBody, operationId = "" } = operation;
  const body = requestBody && "content" in requestBody ? requestBody : undefined;
  const media = body?.content[JSON_TYPE];
  const example = BODY_EXAMPLES[operationId];
  return {
    ...operation,
    ...(parameters && { parameters: parameters.map((each) => ("in" in each ? plain(each) : each)) }),
    ...(body &&
      media &&
      example && { requestBody: { ...body, content: { ...body.content, [JSON_TYPE]: { ...media, example } } } }),
  };
}

function plain({ schema, ...parameter }: Parameter): Parameter {
  if (schema === undefined || !("example" in schema)) return { ...parameter, ...(schema && { schema }) };
  const { example, ...rest } = schema;
  const stays = parameter.in === "path" && EXEMPLARY.has(parameter.name);
  return { ...parameter, schema: rest, ...(stays && { example: example as unknown }) };
}

#!/bin/sh
# @hono/zod-openapi 1.6.3 (zod-to-openapi 9.1.0), OpenAPI 3.1: where a named schema first appears as `.nullable()`, its component itself allows null, and so does
# every other member that refers to it. Where it first appears as it is, `.nullable()` becomes an `allOf` that null cannot satisfy. So what the
# document says depends on the order of members. `z.union([schema, z.null()])` says the same in any order.
# Our way: answers use that union. Fails once the versions below write the members alike.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module","private":true}' > package.json
npm install --silent --no-audit --no-fund @hono/zod-openapi@1.6.3 @asteasolutions/zod-to-openapi@9.1.0 hono@4.13.19 zod@4.6.7 ajv@8.20.0
cat > main.js <<'JS'
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import Ajv from "ajv/dist/2020.js";

const nullable = (schema) => schema.nullable();
const union = (schema) => z.union([schema, z.null()]);

/** Whether null is allowed, by the document, in a member that may be null and in one that may not. */
function allowed(orNull, isNullFirst) {
  const place = z.object({ city: z.string() }).openapi("Place");
  const [from, to] = [{ from: orNull(place) }, { to: place }];
  const trip = z.object(isNullFirst ? { ...from, ...to } : { ...to, ...from }).openapi("Trip");
  const app = new OpenAPIHono();
  const responses = { 200: { description: "a trip", content: { "application/json": { schema: trip } } } };
  app.openapi(createRoute({ method: "get", path: "/", responses }), (c) => c.json({}));
  const document = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "trips", version: "1" } });
  const ajv = new Ajv.default({ strict: false }).addSchema({ $id: "trips", components: document.components });
  const isValid = ajv.compile({ $ref: "trips#/components/schemas/Trip" });
  const city = { city: "Pune" };
  return `from: null ${isValid({ from: null, to: city })}, to: null ${isValid({ from: city, to: null })}`;
}

console.log("nullable first:", allowed(nullable, true));
console.log("nullable second:", allowed(nullable, false));
console.log("union first:", allowed(union, true));
console.log("union second:", allowed(union, false));
JS
node main.js | tee seen.txt
cat > expected.txt <<'TXT'
nullable first: from: null true, to: null true
nullable second: from: null false, to: null false
union first: from: null true, to: null false
union second: from: null true, to: null false
TXT
diff expected.txt seen.txt

#!/bin/sh
# @hono/zod-openapi 1.6.3 with zod 4.6.7: a member `z.unknown()` has to be there, or the request is refused; the OpenAPI document of the same
# schema does not list it as required. A client that is generated from the document sends requests that the server refuses.
# Our way: `z.unknown().optional()` where a member may be absent. Fails once both say the same.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module","private":true}' > package.json
npm install --silent --no-audit --no-fund @hono/zod-openapi@1.6.3 @asteasolutions/zod-to-openapi@9.1.0 hono@4.13.19 zod@4.6.7
cat > main.js <<'JS'
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";

const line = z.object({ quantity: z.int(), remark: z.unknown() }).openapi("Line");
const app = new OpenAPIHono();
const request = { body: { required: true, content: { "application/json": { schema: line } } } };
app.openapi(createRoute({ method: "post", path: "/", request, responses: { 200: { description: "done" } } }), (c) => c.text("done"));

const document = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "lines", version: "1" } });
console.log("required by the document:", document.components.schemas.Line.required.join(", "));
const send = (body) => app.request("/", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
console.log("without the member:", (await send({ quantity: 1 })).status);
console.log("with it:", (await send({ quantity: 1, remark: null })).status);
JS
node main.js | tee seen.txt
cat > expected.txt <<'TXT'
required by the document: quantity
without the member: 400
with it: 200
TXT
diff expected.txt seen.txt

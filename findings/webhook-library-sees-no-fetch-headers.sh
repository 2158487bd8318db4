#!/bin/sh
# standardwebhooks 1.1.1: `verify(body, headers)` takes a plain object only. Given the `Headers` of a Fetch Request, which Workers, Deno and Bun
# hand to every handler, it finds none of the three headers and refuses a message that is signed well.
# Our way: docs/operations.md tells receivers to pass `Object.fromEntries(request.headers)`. Fails once the library takes `Headers`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module","private":true}' > package.json
npm install --silent --no-audit --no-fund standardwebhooks@1.1.1
cat > main.js <<'JS'
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(`whsec_${btoa("a secret of twenty-four.")}`);
const [id, at, body] = ["msg_1", new Date(), '{"type":"order.placed"}'];
const signature = webhook.sign(id, at, body);
const sent = { "webhook-id": id, "webhook-timestamp": String(Math.floor(at.getTime() / 1000)), "webhook-signature": signature };
const request = new Request("https://shop.example/hooks", { method: "POST", headers: sent, body });
for (const [form, headers] of [["Headers", request.headers], ["a plain object", Object.fromEntries(request.headers)]]) {
  try {
    webhook.verify(body, headers);
    console.log(`${form}: verified`);
  } catch (error) {
    console.log(`${form}: ${error.message}`);
  }
}
JS
node main.js | tee seen.txt
cat > expected.txt <<'TXT'
Headers: Missing required headers
a plain object: verified
TXT
diff expected.txt seen.txt

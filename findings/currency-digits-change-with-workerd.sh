#!/bin/sh
# workerd 1.20260701.1 gives HUF, COP, IDR and PKR two decimals, as ISO 4217 does; 1.20260906.1 gives them none, for a Worker with the same
# code and the same compatibility date. Both give LBP and IQD none, where ISO 4217 has two and three. Intl takes the digits from CLDR, which says how amounts are
# shown, and comes with the runtime. A shop that counts minor units by them reads a stored 199000 as 1,990.00 before the update and as 199,000 after it.
# Our way: src/rules/currency.ts, with the decimals of ISO 4217, written down with the shop. Fails once these versions say something else.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > worker.js <<'JS'
const digits = (currency) => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
export default { test: () => console.log(["HUF", "COP", "IDR", "PKR", "LBP", "IQD", "EUR"].map((each) => `${each} ${digits(each)}`).join(", ")) };
JS
cat > config.capnp <<'CAPNP'
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "worker.js", esModule = embed "worker.js")], compatibilityDate = "2026-07-01"))],
);
CAPNP
for version in 1.20260701.1 1.20260906.1; do
  echo '{"private":true}' > package.json
  npm install --silent --no-audit --no-fund workerd@$version
  echo "$version: $(node_modules/.bin/workerd test config.capnp 2>&1 | grep -o 'HUF.*[0-9]')"
done | tee seen.txt
cat > expected.txt <<'TXT'
1.20260701.1: HUF 2, COP 2, IDR 2, PKR 2, LBP 0, IQD 0, EUR 2
1.20260906.1: HUF 0, COP 0, IDR 0, PKR 0, LBP 0, IQD 0, EUR 2
TXT
diff expected.txt seen.txt

#!/bin/sh
# pincode-lat-long 1.0.3 and zipcodes 8.0.0 place some codes where they are not. 160 Indian codes lie at 0,0, and 16 codes of Haryana, Punjab and
# Himachal Pradesh at one point near Delhi, up to 400 km away. 10200, New York, lies in Kyrgyzstan, because its longitude has no sign;
# H0H, which Canada Post keeps for Santa Claus, at the North Pole; and army post of the USA in other countries.
# Our way: scripts/support/postal-codes.js, withoutSharedPoints, and src/warehouses/rules/known-codes.ts. Fails once other versions are right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund pincode-lat-long@1.0.3 zipcodes@8.0.0
cat > main.js <<'JS'
const places = Object.entries(require("pincode-lat-long/pincode.js"));
const at = (latitude, longitude) => places.filter(([, { lat, long }]) => lat === latitude && long === longitude).map(([code]) => code);
const delhi = at(28.4229396, 76.919742);
console.log("at 0,0:", at(0, 0).length);
console.log("at one point near Delhi:", delhi.length, "codes that begin with", [...new Set(delhi.map((code) => code.slice(0, 2)))].join(" "));
const { codes } = require("zipcodes");
for (const code of ["10200", "H0H", "34002"]) {
  const { city, latitude, longitude } = codes[code];
  console.log(`${code} ${city}: ${latitude}, ${longitude}`);
}
JS
node main.js | tee seen.txt
cat > expected.txt <<'TXT'
at 0,0: 160
at one point near Delhi: 16 codes that begin with 12 14 15 17
10200 New York: 40.77, 73.95
H0H Reserved (santa Claus): 90, 0
34002 Dpo: 8.9733, -79.5556
TXT
diff expected.txt seen.txt

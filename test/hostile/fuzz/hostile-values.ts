const long = (text: string, times: number) => JSON.stringify(text.repeat(times));
const deep = (open: string, close: string, depth: number) => open.repeat(depth) + "1" + close.repeat(depth);

/** Texts that replace a member of a JSON body: valid and invalid JSON. */
export const JSON_TEXTS: readonly string[] = [
  ["null", "true", "[]", "{}", "[[]]", "[null]", '""', '" "', "0", "-0", "-1", "1.5", "1e999", "-1e999", "1e-400"],
  ["9007199254740993", "-9007199254740993", "NaN", "Infinity", "0x10", "01", "undefined", "'a'", "1e21", "1e308"],
  ["0.1000000000000000055", '"1"', '"true"', '"Infinity"', '"%00"', '"*"', '"x\\"*"', "150.505", "0.005"],
  [String.raw`"\u0000"`, String.raw`"a\u0000b"`, String.raw`"\ud800"`, String.raw`"\udc00\ud800"`, String.raw`"\u202egnp.exe"`],
  [String.raw`"\ufeffx"`, '"ﬃ"', '"İ"', '"e\u0301"', '"👩‍👩‍👧‍👦"', '"\u2028"', '"__proto__"', '"constructor"', '"toString"'],
  ['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}', '{"length":1e9}', '{"toJSON":1}'],
  [`"'; DROP TABLE orders;--"`, '"${7*7}"', '"../../../etc/passwd"', '"<script>alert(1)</script>"', '"=1+1"'],
  ['"2026-02-30T00:00:00Z"', '"0000-01-01T00:00:00Z"', '"+010000-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999Z"'],
  ['"1969-12-31T23:59:59Z"', '"2026-01-01T00:00:00.123456789Z"', '"2026-01-01T00:00:00+05:30"', '"24:00"'],
  [long("x", 65), long("x", 201), long("x", 5_001), long("é", 100), long("😀", 251), `[${"1,".repeat(1_000)}1]`],
  [deep('{"a":', "}", 50), deep("[", "]", 500)],
].flat();

/** Percent-encoded texts for a query or a path. */
export const ADDRESS_TEXTS: readonly string[] = [
  ["", "%20", "%00", "a%00b", "%", "%ZZ", "%FF", "%ED%A0%80", "%F0%9F%92%A5", "%2e%2e", "..", "a%2Fb", "a%5Cb", "%25", "+"],
  ["__proto__", "constructor", "toString", "hasOwnProperty", "null", "undefined", "NaN", "Infinity", "0", "-1", "1.5", "1e3"],
  ["0x10", "1e999", "9007199254740993", "101", "true", "TRUE", "*", "x*", "me", "%22", "%22a%22%20OR%20b", "a%0D%0AX:%201"],
  ["%27%20OR%201=1--", "%D0%AB", "%E2%80%AE", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "%2B010000-01-01T00:00:00Z"],
  ["9999-12-31T23:59:59.999Z", "x".repeat(65), "x".repeat(501), "x".repeat(3_000), "%E2%9C%93".repeat(100), "1".repeat(400)],
  // Forged cursors: null, [], 0, -1, [1,"a"], {"a":1}, [-1,"a"], [1e999,"a"], and texts with NUL.
  [
    "bnVsbA",
    "W10",
    "MA",
    "LTE",
    "WzEsImEiXQ",
    "eyJhIjoxfQ",
    "Wy0xLCJhIl0",
    "WzFlOTk5LCJhIl0",
    "WzEsIlx1MDAwMCJd",
    "IlxcdTAwMDAi",
  ],
].flat();

const of = (name: string, ...values: string[]) => values.map((value) => [name, value] as const);

/** Headers that are added to a request or replace its own. */
export const HEADERS: readonly (readonly [string, string])[] = [
  of("Idempotency-Key", "", "a", "a b", "é", "a\tb", "__proto__", "x".repeat(255), "x".repeat(256)),
  of("Idempotency-Key", "0d1c7e5a-6f0e-4a53-9f2b-0a8f2c9f4d11", "1e7bd1c5-35e2-47b5-8a8c-3c1bd8d2fd5a"),
  of("Authorization", "", "Bearer", "Basic YTpi", "Bearer a b", "bearer x", "Bearer a.b.c", "Bearer ..", "Bearer hfk_"),
  of(
    "Authorization",
    "Bearer undefined",
    "Bearer null",
    "Bearer é",
    `Bearer hfk_${"0".repeat(52)}`,
    `Bearer ${"x".repeat(5_000)}`,
  ),
  of("Accept", "", "text/csv", "text/csv;q=0", "*/*;q=x", "x".repeat(8_000), "application/json, text/csv;q=1e999"),
  of("X-Junk", "x".repeat(32_000)),
  of("X-HTTP-Method-Override", "DELETE"),
  of("Content-Encoding", "gzip"),
  of("Content-Length", "1e9", "-1", "99999999999999"),
  of("If-Match", '"none"'),
  of("If-None-Match", "*"),
  of("Range", "bytes=0-1"),
  of("Origin", "null"),
  of("CF-Connecting-IP", "::::"),
  of("Stripe-Signature", "t=1,v1=00"),
  of("Cookie", "a=b; __proto__=1"),
].flat();

export const CONTENT_TYPES: readonly string[] = [
  ["", "text/plain", "text/csv", "application/x-ndjson", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
  [
    "application/json; charset=utf-16",
    "application/JSON",
    "application/problem+json",
    "application/json, text/plain",
    "é",
    "json",
  ],
].flat();

/** Texts that replace a whole body. */
export const BODIES: readonly string[] = [
  [
    "",
    " ",
    "null",
    "[]",
    "{}",
    '"x"',
    "5",
    "true",
    "{",
    "}",
    "\u0000",
    "\ufeff{}",
    "{}{}",
    "{,}",
    '{"a":1,}',
    "// {}",
    "a=b&c=d",
  ],
  ['{"__proto__":null}', '{"constructor":{}}', '{"":1}', "<a/>", "product_id\n", "product_id,__proto__\nx,y\n"],
  ['{"product_id":1}\n{', "[".repeat(20_000) + "]".repeat(20_000), deep('{"a":', "}", 10_000), `{"x":"${"x".repeat(66_000)}"}`],
  [`{${Array.from({ length: 3_000 }, (_, index) => `"k${index}":1`).join()}}`],
].flat();

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "PROPFIND"] as const;

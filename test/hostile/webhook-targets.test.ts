import fc from "fast-check";
import { describe, it } from "vitest";
import { readTarget } from "../../src/events/rules/target.ts";
import { patch, post } from "../support/http/requests.ts";
import { ENDPOINTS, madeEndpoint } from "../support/events/webhooks.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

/** One part of an IPv4 address, in any notation that a URL allows. */
const notations = (number: number) =>
  fc.constantFrom(
    String(number),
    `0x${number.toString(16)}`,
    `0X${number.toString(16).toUpperCase()}`,
    `0${number.toString(8)}`,
    `0x0${number.toString(16)}`,
  );

const wide = (text: string) =>
  text.replaceAll(/[0-9a-zA-Z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
const escaped = (text: string) => Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join("");

/** An IPv4 address in any notation: one to four numbers, decimal, octal or hexadecimal, full-width, escaped, or with other full stops. */
const ipv4 = fc
  .tuple(
    fc.constantFrom("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "172.16.0.1", "0.0.0.0", "8.8.8.8"),
    fc.integer({ min: 1, max: 4 }),
  )
  .chain(([address, parts]) => {
    const numbers = address.split(".").map(Number);
    const last = numbers.slice(parts - 1).reduce((sum, number) => sum * 256 + number, 0);
    return fc.tuple(...[...numbers.slice(0, parts - 1), last].map(notations));
  })
  .chain((numbers) =>
    fc
      .tuple(fc.constantFrom(".", "。", "．", "｡", "%2e"), fc.constantFrom("", "."), fc.constantFrom(String, wide, escaped))
      .map(([stop, end, write]) => write(numbers.join(".")).replaceAll(".", stop) + end),
  );

const LOOPBACK_V6 = [
  "::1",
  "0:0:0:0:0:0:0:1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fe80::1",
  "fd00::1",
  "ff02::1",
  "::",
];

const NAMES: readonly (readonly [string, string])[] = [
  ["an IPv6 address with a zone", "https://[fe80::1%25eth0]/"],
  ["localhost with a trailing full stop", "https://localhost./"],
  ["localhost in circled letters", "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/"],
  ["localhost with a soft hyphen", "https://local\u00adhost/"],
  ["localhost with a zero-width joiner", "https://local\u200dhost/"],
  ["localhost with a Cyrillic letter under a private name", "https://localh\u043est.local/"],
  ["localhost with line ends", "https://local\nhost/"],
  ["localhost before a backslash", String.raw`https://localhost\@example.com/`],
  ["an address before a backslash and a host", String.raw`https:\\127.0.0.1\@example.com/`],
  ["no slashes", "https:127.0.0.1"],
  ["three slashes", "https:///127.0.0.1/"],
  ["a host name as the user info", "https://example.com:443@127.0.0.1/"],
  ["a host with an escaped @", "https://example.com%40127.0.0.1/"],
  ["a private name with a trailing full stop", "https://metadata.google.internal./"],
  ["a private name in full-width letters", "https://ＬＯＣＡＬ.ｌｏｃａｌ/"],
  ["a port that is not a number", "https://example.com:8443.evil/"],
  ["a port out of range", "https://example.com:99999/"],
  ["a port of a local development server", "https://example.com:8787/"],
  ["a URL within the URL", "https://http://127.0.0.1/"],
  ["a blob", "blob:https://127.0.0.1/x"],
  ["data", "data:text/plain,x"],
  ["the gopher protocol", "gopher://127.0.0.1:6379/_x"],
];

describe("the URL of a webhook endpoint", () => {
  it("is never an IPv4 address in any notation", ({ expect }) => {
    fc.assert(
      fc.property(ipv4, fc.constantFrom("https://", "HTTPS://", "https:", "https:\\\\"), (host, scheme) => {
        expect(readTarget(`${scheme}${host}/`, false)).toHaveProperty("fault");
      }),
      { numRuns: 2_000 },
    );
  });

  it.for(LOOPBACK_V6)("is never the IPv6 address %s", (address, { expect }) => {
    const spellings = [address, address.toUpperCase(), wide(address)];

    for (const each of spellings) expect(readTarget(`https://[${each}]/`, false)).toHaveProperty("fault");
  });

  it.for(NAMES)("is never %s", ([, url], { expect }) => {
    expect(readTarget(url, false)).toHaveProperty("fault");
  });

  it("is refused when invalid, for a new and for a changed endpoint", async ({ expect }) => {
    const { endpoint_id, url } = await madeEndpoint();
    const wrong = NAMES.map(([, each]) => each);

    const answers = await Promise.all(
      wrong.flatMap((each) => [
        post(ENDPOINTS, { url: each, events: ["order.placed"] }, { admin: true }),
        patch(`${ENDPOINTS}/${endpoint_id}`, { url: each }, { admin: true }),
      ]),
    );

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 422));
    expect(await sqlInD1("SELECT url FROM webhook_endpoints")).toEqual([{ url }]);
  });
});

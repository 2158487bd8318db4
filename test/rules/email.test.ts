import fc from "fast-check";
import { describe, it } from "vitest";
import { z } from "zod";
import { normalEmail } from "../../src/rules/email.ts";

describe("an e-mail address", () => {
  it.for([
    ["Asha@Example.COM", "asha@example.com"],
    ["john&jane@example.com", "john&jane@example.com"],
    ["o'hara+shop/1=2@example.co.uk", "o'hara+shop/1=2@example.co.uk"],
    ["a!#$%&'*+/=?^_`{|}~-b@example.com", "a!#$%&'*+/=?^_`{|}~-b@example.com"],
    ["asha@example.xn--h2brj9c", "asha@example.xn--h2brj9c"],
    ["asha@उदाहरण.भारत", "asha@xn--p1b6ci4b4b3a.xn--h2brj9c"],
    ["Info@Bücher.Example", "info@xn--bcher-kva.example"],
    ["info@xn--bcher-kva.example", "info@xn--bcher-kva.example"],
    ["info@Bu\u0308cher.example", "info@xn--bcher-kva.example"],
    ["asha@ｅｘａｍｐｌｅ。com", "asha@example.com"],
    ["आशा@example.in", "आशा@example.in"],
    ["Jose\u0301@example.com", "jos\u00E9@example.com"],
    ["a@b1.museum", "a@b1.museum"],
    // What 0.3.0 took stays what it is, also where no domain can be so.
    ["a@b-.com", "a@b-.com"],
  ] as const)("%s is %s", ([typed, normal], { expect }) => {
    expect(normalEmail(typed)).toBe(normal);
    expect(normalEmail(normal)).toBe(normal);
  });

  it.for([
    "",
    "asha",
    "@example.com",
    "asha@",
    "asha@localhost",
    "a@1.2.3.4",
    "a@[1.2.3.4]",
    "a b@example.com",
    '"a b"@example.com',
    "a..b@example.com",
    ".a@example.com",
    "a.@example.com",
    "a@example..com",
    "a@-x.example",
    "a@x&y.example",
    "a@exa%41mple.com",
    "a@example.com/x",
    "a@example.com:80",
    "a\u00A0b@example.com",
    "a\u0000b@example.com",
    // Cyrillic а, the Kelvin sign, full-width letters, nothing to see.
    "\u0430sha@example.com",
    "\u212A@example.com",
    "ａsha@example.com",
    "as\u200Bha@example.com",
    "a\r\nBcc: x@example.com",
    "Asha <asha@example.com>",
    "a@b@example.com",
    "a@xn--.example.",
    `${"ä".repeat(33)}@example.com`,
    `a@${"b".repeat(64)}&.example`,
    `a@${"ü".repeat(60)}.example`,
  ])("is not %j", (text, { expect }) => {
    expect(normalEmail(text)).toBeUndefined();
  });

  it("that release 0.3.0 took is normalised as it was then, so that accounts and keys stay the same", ({ expect }) => {
    fc.assert(
      fc.property(fc.stringMatching(z.regexes.email, { maxLength: 60 }), (email) => {
        expect(normalEmail(email)).toBe(email.toLowerCase());
      }),
    );
  });
});

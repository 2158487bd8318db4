import { describe, it } from "vitest";
import { normalPhone } from "../../src/accounts/customer-phone.ts";

describe("a phone number", () => {
  it.for([
    ["98450 12345", "IN", "+919845012345"],
    ["0-98450-12345", "IN", "+919845012345"],
    ["0091 (98450) 12345", "IN", "+919845012345"],
    ["９８４５０ １２３４５", "IN", "+919845012345"],
    ["080 2222 3333", "IN", "+918022223333"],
    ["020 7946 0958", "GB", "+442079460958"],
    ["+44 (0)20 7946 0958", "IN", "+442079460958"],
    ["030/123456-78", "DE", "+493012345678"],
    ["(11) 91234-5678", "BR", "+5511912345678"],
    ["415-555-2671 x12", "US", "+14155552671;ext=12"],
    ["+91 98450 12345", "ZZ", "+919845012345"],
  ] as const)("%s in %s is %s", ([typed, country, e164], { expect }) => {
    expect(normalPhone(typed, country)).toBe(e164);
  });

  it.for(["call me", "call me at 5", "12345", "112", "0000000000", "+999123456789", "9845012345 / 9845054321", "' OR '1'='1"])(
    "is not %s",
    (text, { expect }) => {
      expect(normalPhone(text, "IN")).toBeUndefined();
    },
  );
});

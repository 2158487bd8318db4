import { describe, it } from "vitest";
import { isPhone, phoneKeys } from "../../src/rules/phone.ts";

describe("what a phone is known by", () => {
  it.for([
    ["+919845012345", "98450 12345"],
    ["+919845012345", "+91 98450-12345"],
    ["+919845012345", "0-98450-12345"],
    ["+6591234567", "9123 4567"],
    ["+6591234567", "+65 9123 4567"],
    ["+37612345678", "12345678"],
    ["+390612345", "06 12345"],
    ["+14155552671;ext=12", "(415) 555-2671"],
    ["+442079460958", "020 7946 0958"],
  ] as const)("is of %s what it was of %s, as releases before 0.4.0 stored it", ([stored, typed], { expect }) => {
    expect(phoneKeys(stored)).toEqual(expect.arrayContaining(phoneKeys(typed)));
    expect(phoneKeys(typed)).toHaveLength(1);
  });

  it("is one key where the number is long, and nothing for a text that is no phone", ({ expect }) => {
    expect(phoneKeys("+919845012345")).toEqual(["845012345"]);
    expect(phoneKeys("+6591234567")).toEqual(["591234567", "91234567"]);
    for (const text of ["call me", "call me at 5", "12345", "0000000", "", "ask 98450 12345"])
      expect(phoneKeys(text), text).toEqual([]);
    expect(isPhone("call me at 9845012345")).toBe(false);
  });
});

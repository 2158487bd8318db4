import { describe, it } from "vitest";
import { findRepeatedMember } from "../../src/rules/repeated-member.ts";

describe("a member that an object has twice", () => {
  it.for([
    ["at the top", '{"quantity": 1, "quantity": 2}', ["quantity"]],
    ["in an object of an array", '{"items": [{"a": 1}, {"b": [], "b": {}}]}', ["items", 1, "b"]],
    ["after an object with texts that look like JSON", '{"a": {"b": "}{,:\\"]["}, "a": 1}', ["a"]],
    ["spelled otherwise", '{"price": 1, "pr\\u0069ce": 2}', ["price"]],
    ["in an array of arrays", '[[], [0, {"x": 0, "x": 0}]]', [1, 1, "x"]],
    ["without a name", '{"": 1, "": 2}', [""]],
    ["named as what every object has", '{"__proto__": 1, "__proto__": 2}', ["__proto__"]],
  ] as const)("is found %s", ([, json, path], { expect }) => {
    expect(findRepeatedMember(json)).toEqual(path);
  });

  it.for([
    ["different members", '{"a": 1, "b": 2, "A": 3}'],
    ["one name in several objects", '[{"a": 1}, {"a": {"a": [{"a": 2}]}}]'],
    ["equal texts in an array", '{"tags": ["a", "a"], "a": "tags"}'],
    ["equal values", '{"a": "b", "c": "b", "b": "a"}'],
    ["no object", '"a"'],
  ])("is not found in %s", ([, json = ""], { expect }) => {
    expect(findRepeatedMember(json)).toBeUndefined();
  });

  it.for(['{"a":1,"a', "}}]]::,,", '{"a\\', '":"', ""])(
    "is looked for in %s, which is no JSON, to no harm",
    (json, { expect }) => {
      expect(() => findRepeatedMember(json)).not.toThrow();
    },
  );

  it("is looked for in any JSON that JSON.stringify writes, and in vain", ({ expect }) => {
    const value = { a: [1, { b: '"\\', c: [[], {}, null, true] }], "\\": { '"': "x:,{}" }, d: { a: { a: -1.5e3 } } };

    expect(findRepeatedMember(JSON.stringify(value))).toBeUndefined();
    expect(findRepeatedMember(JSON.stringify(value, null, 2))).toBeUndefined();
  });
});

import { describe, it } from "vitest";
import { readWorkerSources } from "../support/repository/syntax.ts";

describe("the schemas of the document", () => {
  it("have a name each: of two by one name the document would promise the one and the API answer the other", ({ expect }) => {
    const names = readWorkerSources().flatMap(({ text }) => [...text.matchAll(/\.openapi\("(\w+)"/g)].map(([, name]) => name));

    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  });
});

import { describe, it } from "vitest";
import { cutPage } from "../../src/rules/page.ts";

const all = { fits: () => true, keyOf: (row: number) => row };

describe("a page of a window", () => {
  it("that has more than fit ends with the last that is shown", ({ expect }) => {
    expect(cutPage([1, 2, 3], { ...all, size: 3, limit: 2 })).toEqual({ items: [1, 2], next: 2 });
  });

  it("that is not full is the last", ({ expect }) => {
    expect(cutPage([1, 2], { ...all, size: 3, limit: 2 })).toEqual({ items: [1, 2], next: null });
  });

  it("that has too few that fit goes on after all that was looked at", ({ expect }) => {
    const fits = (row: number) => row === 1;

    expect(cutPage([1, 2, 3], { ...all, fits, size: 3, limit: 2 })).toEqual({ items: [1], next: 3 });
  });

  it("that is larger than the page is cut where the page is full", ({ expect }) => {
    const fits = (row: number) => row % 2 === 0;

    expect(cutPage([1, 2, 3, 4, 5, 6], { ...all, fits, size: 6, limit: 2 })).toEqual({ items: [2, 4], next: 4 });
  });

  it("that is empty is the last", ({ expect }) => {
    expect(cutPage([], { ...all, size: 3, limit: 2 })).toEqual({ items: [], next: null });
  });
});

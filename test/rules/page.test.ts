import { describe, it } from "vitest";
import { cutPage, windowSize } from "../../src/rules/page.ts";

const all = { fits: () => true, keyOf: (row: number) => row };

describe("a page of a window", () => {
  it("with more rows than its limit ends with the last one shown", ({ expect }) => {
    expect(cutPage([1, 2, 3], { ...all, size: 3, limit: 2 })).toEqual({ items: [1, 2], next: 2 });
  });

  it("of a window that is not full is the last", ({ expect }) => {
    expect(cutPage([1, 2], { ...all, size: 3, limit: 2 })).toEqual({ items: [1, 2], next: null });
  });

  it("with too few matches continues after the window", ({ expect }) => {
    const fits = (row: number) => row === 1;

    expect(cutPage([1, 2, 3], { ...all, fits, size: 3, limit: 2 })).toEqual({ items: [1], next: 3 });
  });

  it("of a larger window ends at its limit", ({ expect }) => {
    const fits = (row: number) => row % 2 === 0;

    expect(cutPage([1, 2, 3, 4, 5, 6], { ...all, fits, size: 6, limit: 2 })).toEqual({ items: [2, 4], next: 4 });
  });

  it("of an empty window is the last", ({ expect }) => {
    expect(cutPage([], { ...all, size: 3, limit: 2 })).toEqual({ items: [], next: null });
  });
});

const rows = [9, 8, 7, 6, 5, 4].map((atMs) => ({ atMs, id: `id-${atMs}` }));
const even = ({ atMs }: { atMs: number }) => atMs % 2 === 0;
const keyOf = (row: { atMs: number; id: string }) => row;

describe("a page of a list by time", () => {
  it("has its limit of rows, and continues after the last one", ({ expect }) => {
    const page = cutPage(rows, { size: 6, limit: 5, fits: () => true, keyOf });

    expect(page).toEqual({ items: rows.slice(0, 5), next: rows[4] });
  });

  it("is the last if the window is not full", ({ expect }) => {
    expect(cutPage(rows, { size: 7, limit: 6, fits: () => true, keyOf })).toEqual({ items: rows, next: null });
  });

  it("continues after the window if too few rows match", ({ expect }) => {
    const page = cutPage(rows, { size: 6, limit: 5, fits: even, keyOf });

    expect(page).toEqual({ items: [rows[1], rows[3], rows[5]], next: rows[5] });
  });

  it("continues after the last one shown if more rows match", ({ expect }) => {
    expect(cutPage(rows, { size: 6, limit: 2, fits: even, keyOf }).next).toEqual(rows[3]);
  });

  it("is empty and not the last if nothing of a full window matches", ({ expect }) => {
    expect(cutPage(rows, { size: 6, limit: 2, fits: () => false, keyOf })).toEqual({ items: [], next: rows[5] });
  });

  it("reads one row more than its limit, or three per item if it filters", ({ expect }) => {
    expect([windowSize(20, 1, false), windowSize(20, 2, false)]).toEqual([21, 21]);
    expect([windowSize(20, 1, true), windowSize(20, 2, true), windowSize(1, 2, true)]).toEqual([60, 30, 1]);
  });
});

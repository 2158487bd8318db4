import { describe, it } from "vitest";
import { windowSize } from "../../../src/events/rules/page.ts";
import { cutPage } from "../../../src/rules/page.ts";

const rows = [9, 8, 7, 6, 5, 4].map((atMs) => ({ atMs, id: `id-${atMs}` }));
const all = () => true;
const even = ({ atMs }: { atMs: number }) => atMs % 2 === 0;
const keyOf = (row: { atMs: number; id: string }) => row;

describe("a page of a window", () => {
  it("shows what was asked for, and goes on after the last shown", ({ expect }) => {
    const page = cutPage(rows, { size: 6, limit: 5, fits: all, keyOf });

    expect(page).toEqual({ items: rows.slice(0, 5), next: rows[4] });
  });

  it("is the last where the window is not full", ({ expect }) => {
    expect(cutPage(rows, { size: 7, limit: 6, fits: all, keyOf })).toEqual({ items: rows, next: null });
  });

  it("goes on after the window where too little fits", ({ expect }) => {
    const page = cutPage(rows, { size: 6, limit: 5, fits: even, keyOf });

    expect(page).toEqual({ items: [rows[1], rows[3], rows[5]], next: rows[5] });
  });

  it("goes on after the last shown where more fits than was asked for", ({ expect }) => {
    expect(cutPage(rows, { size: 6, limit: 2, fits: even, keyOf }).next).toEqual(rows[3]);
  });

  it("is empty and not the last where nothing of a full window fits", ({ expect }) => {
    expect(cutPage(rows, { size: 6, limit: 2, fits: () => false, keyOf })).toEqual({ items: [], next: rows[5] });
  });

  it("reads one more than it shows, or three for each where it filters", ({ expect }) => {
    expect([windowSize(20, 1, false), windowSize(20, 2, false)]).toEqual([21, 21]);
    expect([windowSize(20, 1, true), windowSize(20, 2, true), windowSize(1, 2, true)]).toEqual([60, 30, 1]);
  });
});

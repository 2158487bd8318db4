import { it } from "vitest";
import { drawBars, niceMost } from "../../bench/plot.ts";

const HEIGHT_OF_PLOT = 400 - 60 - 70;

function bars(svg: string) {
  return [...svg.matchAll(/<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="#[\da-f]+"><title>/g)].map(
    (found) => ({
      y: Number(found[1]),
      height: Number(found[2]),
    }),
  );
}

it("draws a bar for each figure, in proportion to the axis, and none for a missing figure", ({ expect }) => {
  const groups = [
    { name: "one", figures: [100, 50], note: "0.50" },
    { name: "two", figures: [25, Number.NaN], note: "" },
  ];

  const drawn = bars(drawBars("Title", "orders/s", ["ours", "theirs"], groups));

  expect(drawn.map(({ height }) => height)).toEqual([HEIGHT_OF_PLOT, HEIGHT_OF_PLOT / 2, HEIGHT_OF_PLOT / 4]);
  expect(drawn.map(({ y, height }) => y + height)).toEqual(drawn.map(() => 330));
});

it("escapes text, and draws each line of a name separately", ({ expect }) => {
  const svg = drawBars("a < b & c", "orders/s", ["ours"], [{ name: "first\n<second>", figures: [1], note: "1 > 0" }]);

  expect(svg).toContain(">a &lt; b &amp; c</text>");
  expect(svg).toContain(">first</text>");
  expect(svg).toContain(">&lt;second&gt;</text>");
  expect(svg).toContain(">1 &gt; 0</text>");
});

it.for([
  [1, 1],
  [1.1, 2],
  [210, 250],
  [250, 250],
  [260, 500],
  [501, 1_000],
] as const)("ends an axis for %s at %s", ([figure, most], { expect }) => {
  expect(niceMost(figure)).toBe(most);
});

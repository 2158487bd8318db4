/** One group of bars, side by side. */
export interface Group {
  name: string;
  /** One for each series; NaN where there is none. */
  figures: number[];
  /** Written above the group. */
  note: string;
}

const [WIDTH, HEIGHT] = [960, 400];
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 20, 60, 70];
const COLOURS = ["#1f6feb", "#8fb7f3", "#b8b8b8"];
const STEPS = 5;

/**
 * Draws bars in groups as an SVG document.
 * @param unit of the figures, at the axis  @param series names of the bars of a group, in their order
 */
export function drawBars(title: string, unit: string, series: readonly string[], groups: readonly Group[]): string {
  const most = niceMost(Math.max(1, ...groups.flatMap(({ figures }) => figures.filter(Number.isFinite))));
  const groupWidth = (WIDTH - LEFT - RIGHT) / groups.length;
  const yOf = (figure: number) => HEIGHT - BOTTOM - (figure / most) * (HEIGHT - TOP - BOTTOM);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" role="img">`,
    `<title>${escaped(title)}</title><rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 20, title, 'font-size="14" font-weight="bold"'),
    ...series.map((name, index) => legend(name, index)),
    ...Array.from({ length: STEPS + 1 }, (_, step) => gridLine((most * step) / STEPS, yOf)),
    text(LEFT - 6, TOP - 10, unit, 'text-anchor="end"'),
    ...groups.flatMap((group, index) => drawGroup(group, LEFT + index * groupWidth, groupWidth, yOf)),
    "</svg>",
    "",
  ].join("\n");
}

function drawGroup({ name, figures, note }: Group, left: number, width: number, yOf: (figure: number) => number): string[] {
  const barWidth = (width * 0.7) / figures.length;
  const bars = figures.flatMap((figure, index) => {
    if (!Number.isFinite(figure)) return [];
    const x = left + width * 0.15 + index * barWidth;
    const box = `x="${round(x)}" y="${round(yOf(figure))}" width="${round(barWidth - 1)}" height="${round(yOf(0) - yOf(figure))}"`;
    return [`<rect ${box} fill="${COLOURS[index % COLOURS.length]}"><title>${escaped(name)}: ${round(figure)}</title></rect>`];
  });
  const middle = round(left + width / 2);
  const highest = Math.max(0, ...figures.filter(Number.isFinite));
  const lines = name
    .split("\n")
    .map((line, index) => text(middle, HEIGHT - BOTTOM + 16 + index * 14, line, 'text-anchor="middle"'));
  return [...bars, ...lines, text(middle, round(yOf(highest)) - 5, note, 'text-anchor="middle"')];
}

function gridLine(figure: number, yOf: (figure: number) => number): string {
  const y = round(yOf(figure));
  const line = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="#e4e4e4"/>`;
  return line + text(LEFT - 6, y + 4, String(round(figure)), 'text-anchor="end"');
}

function legend(name: string, index: number): string {
  const x = LEFT + index * 130;
  return `<rect x="${x}" y="30" width="10" height="10" fill="${COLOURS[index % COLOURS.length]}"/>${text(x + 15, 39, name, "")}`;
}

function text(x: number, y: number, what: string, attributes: string): string {
  return `<text x="${x}" y="${y}"${attributes && ` ${attributes}`}>${escaped(what)}</text>`;
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below the figure. */
export function niceMost(figure: number): number {
  const power = 10 ** Math.floor(Math.log10(figure));
  return ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= figure) ?? 10) * power;
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10;
}

function escaped(what: string): string {
  return what.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

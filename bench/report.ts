import type { Cell, Plan, Side } from "./measure.ts";
import { median } from "./figures.ts";
import { drawBars } from "./plot.ts";
import type { Saturation } from "./saturation.ts";

/** Everything that a run found. */
export interface Results {
  /** When, ISO 8601. */
  at: string;
  machine: { cores: number; cpu: string; node: string; workerd: string };
  plan: Plan & { products: number };
  /** Holdfast's one-line orders a second by the bare Worker's: the median over all loads (DESIGN §10). */
  ratio: number;
  cells: Cell[];
  saturation: Saturation;
}

/** The figure that counts: of one-line orders, spread and hot, at every number of connections. */
export function ratioOf(cells: readonly Cell[]): number {
  return median(cells.flatMap(({ workload, ratio }) => (workload.startsWith("1 line") && ratio !== null ? [ratio] : [])));
}

/** Writes what a run found for people. */
export function toMarkdown({ at, machine, plan, ratio, cells, saturation }: Results): string {
  const { seed, blockMs, blocks, warmMs, products } = plan;
  return [
    "# What `npm run bench` found",
    "",
    `${at}, ${machine.cores} cores (${machine.cpu}), Node ${machine.node}, workerd ${machine.workerd}; seed ${seed}, ${blocks} blocks of`,
    `${blockMs / 1_000} s for each side, in turns, each after ${warmMs / 1_000} s of warming up; ${products} products.`,
    "CPU is workerd's, for one round of the load: of a cart all three requests.",
    "",
    `**One-line orders a second: ${ratio.toFixed(2)} of a bare Worker's** (median over all its loads below).`,
    "",
    "| load | request | connections | a second | p50 ms | p95 ms | p99 ms | CPU ms | bare: a second | p50 ms | p95 ms | p99 ms | CPU ms | ratio |",
    `|---|---|${"--:|".repeat(12)}`,
    ...cells.map(toRow),
    "",
    ...saturationText(saturation),
    "",
  ].join("\n");
}

function toRow({ workload, request, connections, holdfast, bare, ratio }: Cell): string {
  const compared = bare ? [...columnsOf(bare), (ratio ?? Number.NaN).toFixed(2)] : ["", "", "", "", "", ""];
  return `| ${[workload, request, connections, ...columnsOf(holdfast), ...compared].join(" | ")} |`;
}

function columnsOf({ perSecond, p50, p95, p99, cpuMs }: Side): string[] {
  return [perSecond.toFixed(0), ...[p50, p95, p99].map((ms) => ms.toFixed(1)), cpuMs === null ? "" : cpuMs.toFixed(2)];
}

function saturationText(found: Saturation): string[] {
  const answers = Object.entries(found.answers).map(([status, count]) => `${count} × ${status}`);
  return [
    `**Past saturation:** ${found.connections} connections for ${found.floodMs / 1_000} s, every order with a key. Answers: ${answers.join(", ")};`,
    `${found.refusedWithRetryAfter} refusals said \`Retry-After\`. Orders that were not refused took p50 ${found.p50.toFixed(0)} ms, p99 ${found.p99.toFixed(0)} ms.`,
    `${found.recoveredMs.toFixed(0)} ms after the flood the next order was placed. ${found.settledAfterwards} keys were undecided and sent again.`,
    `Keys with an order: ${found.placed}; orders in D1: ${found.inDatabase}; units gone: ${found.unitsGone}.`,
  ];
}

/** Draws orders a second, Holdfast beside the bare Worker. */
export function toPlot({ cells, ratio }: Results): string {
  const groups = cells
    .filter(({ bare }) => bare !== null)
    .map((cell) => ({
      name: `${cell.workload.replace(", ", "\n")}\n${cell.connections} conn.`,
      figures: [cell.holdfast.perSecond, cell.bare?.perSecond ?? Number.NaN],
      note: (cell.ratio ?? Number.NaN).toFixed(2),
    }));
  const title = `Orders a second; above the bars their ratio, of one line ${ratio.toFixed(2)} in the median`;
  return drawBars(title, "orders/s", ["Holdfast", "bare Worker"], groups);
}

import type { Cell, Compared, Plan, Side } from "./measure.ts";
import { median } from "./figures.ts";
import { drawBars } from "./plot.ts";
import type { Saturation } from "./saturation.ts";

/** A side that Holdfast is compared with. */
type Other = "hops" | "bare";

/** The results of a run. */
export interface Results {
  /** When, ISO 8601. */
  at: string;
  /** What the run is of, as `commitNow` names it. */
  commit: string;
  machine: { cores: number; cpu: string; node: string; workerd: string };
  plan: Plan & { products: number };
  /** Holdfast's one-line orders a second by those of the other sides: the medians over all loads. */
  ratios: Record<Other, number>;
  cells: Cell[];
  saturation: Saturation;
}

/** The figures that count: of one-line orders, spread and hot, at every number of connections. */
export function ratiosOf(cells: readonly Cell[]): Record<Other, number> {
  const ofOneLine = cells.filter(({ hops }) => hops !== null);
  const ratioOf = (side: Other) => median(ofOneLine.map(({ [side]: other }) => other?.ratio ?? Number.NaN));
  return { hops: ratioOf("hops"), bare: ratioOf("bare") };
}

/** Writes a run's results as a Markdown document. */
export function toMarkdown({ at, commit, machine, plan, ratios, cells, saturation }: Results): string {
  const { seed, blockMs, blocks, warmMs, products } = plan;
  return [
    "# Last report of `npm run bench`",
    "",
    `${at}, commit ${commit}, ${machine.cores} cores (${machine.cpu}), Node ${machine.node}, workerd ${machine.workerd}; seed ${seed},`,
    `${blocks} blocks of ${blockMs / 1_000} s for each side, in turns, each after ${warmMs / 1_000} s of warm-up; ${products} products.`,
    "CPU is workerd's, for one round of the load; a round of the cart is all three of its requests.",
    "",
    `**One-line orders per second: ${ratios.hops.toFixed(2)} of the same three hops without framework, validation and ledger,**`,
    `**and ${ratios.bare.toFixed(2)} of a bare Worker that also reads and writes less** (medians over the loads below).`,
    "",
    "| load | request | connections | a second | p50 ms | p95 ms | p99 ms | CPU ms | hops: a second | CPU ms | ratio | bare: a second | CPU ms | ratio |",
    `|---|---|${"--:|".repeat(12)}`,
    ...cells.map(toRow),
    "",
    ...saturationText(saturation),
    "",
  ].join("\n");
}

function toRow({ workload, request, connections, holdfast, hops, bare }: Cell): string {
  const { perSecond, p50, p95, p99 } = holdfast;
  const own = [perSecond.toFixed(0), ...[p50, p95, p99].map((ms) => ms.toFixed(1)), cpuOf(holdfast)];
  return `| ${[workload, request, connections, ...own, ...columnsOf(hops), ...columnsOf(bare)].join(" | ")} |`;
}

function columnsOf(other: Compared | null): string[] {
  return other ? [other.perSecond.toFixed(0), cpuOf(other), other.ratio.toFixed(2)] : ["", "", ""];
}

function cpuOf({ cpuMs }: Side): string {
  return cpuMs === null ? "" : cpuMs.toFixed(2);
}

function saturationText(found: Saturation): string[] {
  const answers = Object.entries(found.answers).map(([status, count]) => `${count} × ${status}`);
  return [
    `**Past saturation:** ${found.connections} connections for ${found.floodMs / 1_000} s, every order with a key. Answers: ${answers.join(", ")};`,
    `${found.refusedWithRetryAfter} refusals carried \`Retry-After\`. Orders that were not refused took p50 ${found.p50.toFixed(0)} ms, p99 ${found.p99.toFixed(0)} ms.`,
    `The next order was placed ${found.recoveredMs.toFixed(0)} ms after the flood. ${found.settledAfterwards} keys were undecided and were sent again.`,
    `Keys with an order: ${found.placed}; orders in D1: ${found.inDatabase}; units gone: ${found.unitsGone}.`,
  ];
}

/** Draws orders a second, Holdfast beside the others. */
export function toPlot({ cells, ratios }: Results): string {
  const groups = cells
    .filter(({ bare }) => bare !== null)
    .map((cell) => ({
      name: `${cell.workload.replace(", ", "\n")}\n${cell.connections} conn.`,
      figures: [cell.holdfast, cell.hops, cell.bare].map((side) => side?.perSecond ?? Number.NaN),
      note: [cell.hops, cell.bare]
        .map((side) => side?.ratio.toFixed(2))
        .filter(Boolean)
        .join(" · "),
    }));
  const medians = `of one line ${ratios.hops.toFixed(2)} · ${ratios.bare.toFixed(2)} in the median`;
  const title = `Orders a second; above the bars Holdfast's ratio to the others, ${medians}`;
  return drawBars(title, "orders/s", ["Holdfast", "its hops alone", "bare Worker"], groups);
}

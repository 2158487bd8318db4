/** What the samples of one kind of request came to; times in ms, exact from the samples. */
export interface Summary {
  count: number;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
}

/**
 * The least sample that at least a share of all samples do not exceed (nearest rank); NaN of none.
 * @param sorted from the smallest  @param share above 0, 1 at most
 */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** The middle of some figures, or what lies between the two in the middle; NaN of none. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? percentile(sorted, 0.5)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Sums up the samples of blocks that took so long together. */
export function summarise(samples: readonly number[], countedMs: number): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => percentile(sorted, share);
  return { count: sorted.length, perSecond: (sorted.length * 1_000) / countedMs, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/**
 * How one side compares with the other when they took turns: the median of the ratios of their neighbouring blocks, so that what slows
 * the machine down for a while slows both down.
 */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((figure, index) => figure / (theirs[index] ?? Number.NaN)));
}

/** The figures of one kind of request; times in ms, exact from the samples. */
export interface Summary {
  count: number;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
}

/**
 * The smallest sample that at least a share of all samples does not exceed (nearest rank); NaN without samples.
 * @param sorted ascending  @param share above 0, at most 1
 */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** The median; NaN without figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? percentile(sorted, 0.5)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Summarises the samples of blocks. */
export function summarise(samples: readonly number[], countedMs: number): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => percentile(sorted, share);
  return { count: sorted.length, perSecond: (sorted.length * 1_000) / countedMs, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/**
 * Compares two sides that took turns: the median of the ratios of neighbouring blocks, so that whatever slows the machine down for a while
 * slows down both.
 */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((figure, index) => figure / (theirs[index] ?? Number.NaN)));
}

import { withD1 } from "./checks/read-state.ts";

const EVERY_MS = 100;

/** How often the projection was read, and the violations. */
export interface WatchResult {
  reads: number;
  findings: string[];
}

/**
 * Reads D1's copy of the levels while the run goes on: a level must never be overwritten by an older version (F2). At quiescence this would
 * no longer be visible, because the next flush repairs it.
 * @returns a function that stops the watch and returns its result
 */
export function watchProjection(state: string): () => WatchResult {
  const versions = new Map<string, number>();
  const result: WatchResult = { reads: 0, findings: [] };
  const readLevels = () => {
    const levels = withD1(state, (d1) => d1("SELECT variant_id, warehouse_id, version FROM stock_levels"));
    result.reads += 1;
    for (const { variant_id: variantId, warehouse_id: warehouseId, version } of levels) {
      const place = `${variantId} in ${warehouseId}`;
      const before = versions.get(place) ?? 0;
      if (Number(version) < before) result.findings.push(`D1's level of ${place} went back from version ${before} to ${version}`);
      versions.set(place, Number(version));
    }
  };
  const timer = setInterval(readLevels, EVERY_MS);
  return () => {
    clearInterval(timer);
    return result;
  };
}

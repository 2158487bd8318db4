import { withD1 } from "./checks/read-state.ts";

const EVERY_MS = 100;

/** What a watch saw, and how often it looked. */
export interface Watched {
  looks: number;
  findings: string[];
}

/**
 * Looks at D1's copy of the levels while the run goes on: a level is never overwritten by an older one (PROTOCOL F2). When all is
 * quiet nobody could tell, for the next flush would have mended it.
 * @returns ends it, and tells what it saw
 */
export function watchProjection(state: string): () => Watched {
  const versions = new Map<string, number>();
  const watched: Watched = { looks: 0, findings: [] };
  const look = () => {
    const levels = withD1(state, (d1) => d1("SELECT variant_id, warehouse_id, version FROM stock_levels"));
    watched.looks += 1;
    for (const { variant_id: variantId, warehouse_id: warehouseId, version } of levels) {
      const place = `${variantId} in ${warehouseId}`;
      const before = versions.get(place) ?? 0;
      if (Number(version) < before)
        watched.findings.push(`D1's level of ${place} went back from version ${before} to ${version}`);
      versions.set(place, Number(version));
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    return watched;
  };
}

/**
 * Numbers that look like chance and are the same for the same seed: enough for choices, and nothing else.
 * Source: mulberry32 by Tommy Ettinger, in the public domain.
 * @param seed its lower 32 bits count  @returns numbers of at least 0, below 1
 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

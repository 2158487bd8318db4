/** Cuts a list where a piece would have too many items or weigh too much; an item that is too heavy makes a piece alone. */
export function piecesOf<T>(items: readonly T[], weightOf: (item: T) => number, max: { items: number; weight: number }): T[][] {
  const pieces: T[][] = [];
  let weight = 0;
  for (const item of items) {
    const more = weightOf(item);
    const last = pieces.at(-1);
    if (!last || last.length === max.items || weight + more > max.weight) {
      pieces.push([item]);
      weight = more;
    } else {
      last.push(item);
      weight += more;
    }
  }
  return pieces;
}

import { posix } from "node:path";

/** The most files that one folder may have itself; what grows beyond gets sub-folders. */
const MAX_FILES = 25;

/** Folders with too many files of their own. */
export function crowdedRooms(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > MAX_FILES)
    .map(([room, count]) => `${room}: has ${count} files, ${MAX_FILES} are the most`);
}

/** Circles of imports, among files and among rooms. @param imports the files that each file imports */
export function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const rooms = new Map<string, string[]>();
  for (const [path, targets] of imports) {
    // Files of the top folder are above or below all rooms, each for itself.
    const room = roomOf(path);
    const others = targets.map(roomOf).filter((target) => target !== room);
    rooms.set(room, [...(rooms.get(room) ?? []), ...others]);
  }
  return [...components(imports), ...components(rooms)].map((circle) => `${circle.join(", ")}: import each other in a circle`);
}

function roomOf(path: string): string {
  const room = posix.dirname(path);
  return room === "." ? path : room;
}

/** Tarjan's strongly connected components of more than one member. */
function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const seen = new Map<string, { at: number; low: number; isOpen: boolean }>();
  const open: string[] = [];
  const found: string[][] = [];
  const enter = (name: string) => {
    const own = { at: seen.size, low: seen.size, isOpen: true };
    seen.set(name, own);
    open.push(name);
    for (const target of graph.get(name) ?? []) {
      const other = seen.get(target) ?? (graph.has(target) ? enter(target) : undefined);
      if (other?.isOpen) own.low = Math.min(own.low, other.low);
    }
    if (own.low === own.at) close(name);
    return own;
  };
  const close = (name: string) => {
    const members = open.splice(open.indexOf(name));
    for (const member of members) Object.assign(seen.get(member) ?? {}, { isOpen: false });
    if (members.length > 1) found.push(members.toSorted());
  };
  for (const name of graph.keys()) if (!seen.has(name)) enter(name);
  return found;
}

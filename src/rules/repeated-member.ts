/** A text, or one of the marks that open, close and part objects and arrays. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/** An object with the names that it has so far, or an array with the place of its element. */
type Open = { names: Set<string>; name: string | undefined } | { index: number };

/**
 * Finds a member that a JSON text gives an object twice: `JSON.parse` keeps the last and drops the others.
 * @param json valid JSON; of anything else the answer means nothing
 * @returns the path of the member, such as `["items", 0, "quantity"]`; `undefined` where every name is given once
 */
export function findRepeatedMember(json: string): PropertyKey[] | undefined {
  const opened: Open[] = [];
  let latest = "";
  for (const [token] of json.matchAll(TOKENS)) {
    const inner = opened.at(-1);
    if (token === "{") opened.push({ names: new Set(), name: undefined });
    else if (token === "[") opened.push({ index: 0 });
    else if (token === "}" || token === "]") opened.pop();
    else if (token === ",") passElement(inner);
    else if (token !== ":") latest = token;
    else if (inner && "names" in inner) {
      inner.name = nameOf(latest);
      if (inner.names.has(inner.name)) return opened.flatMap((open) => ("names" in open ? (open.name ?? []) : open.index));
      inner.names.add(inner.name);
    }
  }
  return undefined;
}

function passElement(inner: Open | undefined): void {
  if (inner && "index" in inner) inner.index += 1;
}

/** One name has several spellings: `"a"` is `"\u0061"`. */
function nameOf(token: string): string {
  const text = token.slice(1, -1);
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(token));
  } catch {
    return text;
  }
}

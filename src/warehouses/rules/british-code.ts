/** A British code: outward code, then a blank or not, then the inward code. Letters follow the last digits only in London and few others. */
const FULL = /(?:^|[ ,-])([A-Z]{1,2}\d[A-Z\d]?|GIR) ?-?([\dO][A-Z]{2})(?=$|[ ,])/;
const SECTOR = /^([A-Z]{1,2}\d[A-Z\d]?) (\d)$/;
const AREA = /^[A-Z]{1,2}/;

/**
 * Normalises a British code: without blanks, but for a sector, which would read like another outward code: `PA6 0` is no `PA60`.
 * @param text as `cleanedCode` returns it  @returns `undefined` where it has no whole code and is no sector
 */
export function britishCode(text: string): string | undefined {
  const [, outward, inward] = FULL.exec(text) ?? [];
  if (outward !== undefined && inward !== undefined) return outward + inward.replace(/^O/, "0");
  return SECTOR.test(text) ? text : undefined;
}

/**
 * The key of a code, in whose order the codes of an area, an outward code and a sector stand together: the area in two characters, the
 * district's number in two digits, its letter or a blank, and the inward code. `PH4 1QE` is `PH04 1QE` and `PH41` is `PH41 `.
 * The same in SQL is `postalKeySql` of `postal-key-statements.ts`.
 * @param code as `britishCode` returns it, or the beginning of a code
 */
export function britishKey(code: string): string {
  const area = /^[A-Z][A-Z]/.test(code) ? 2 : 1;
  const rest = code.slice(area);
  if (rest === "") return code.padEnd(2);
  const isFull = /\d[A-Z][A-Z]$/.test(rest);
  const isShort = !/^.\d/.test(rest) || (isFull && rest.length === 4);
  const digits = isShort ? 1 : 2;
  const tail = rest.slice(digits).replace(" ", "");
  const letter = /^[A-Z]/.test(tail) ? "" : " ";
  return code.slice(0, area).padEnd(2) + rest.slice(0, digits).padStart(2, "0") + letter + tail;
}

/** The key of all codes that begin with a code's parts: outward code `W1` also means `W1A`, area `B` does not mean `BA`. */
export function britishPrefixKey(code: string): string {
  const key = britishKey(code);
  return key.length === 5 ? key.trimEnd() : key;
}

/** The beginning of a key as it is written, up to one of its levels. */
export function writtenBritish(key: string): string {
  const [area, number, letter, inward] = [key.slice(0, 2), key.slice(2, 4), key.slice(4, 5), key.slice(5)];
  const outward = area.trim() + number.replace(/^0/, "") + letter.trim();
  return inward === "" ? outward : `${outward} ${inward}`;
}

/** The area of a code, its first letters. */
export function britishArea(code: string): string | undefined {
  return AREA.exec(code)?.[0];
}

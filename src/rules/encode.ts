// Crockford's base 32 has no I, L, O and U, so that ids can be read aloud or copied by hand.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Encodes bytes as text for ids, five bits per character, the last padded with zero bits.
 * Source: Douglas Crockford, Base 32, https://www.crockford.com/base32.html
 */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((pending >> (bits - 5)) & 31);
    pending &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET.charAt((pending << (5 - bits)) & 31) : text;
}

/**
 * A UUID of version 8 of a text of `base32`: four bits of each of its first 32 characters.
 * Source: RFC 9562 §5.8
 */
export function toUuid(text: string): string {
  const digits = Array.from({ length: 32 }, (_, index) => ALPHABET.indexOf(text.charAt(index)) & 15);
  const [version, variant] = [12, 16];
  digits[version] = 8;
  digits[variant] = 8 | ((digits[variant] ?? 0) & 3);
  return digits
    .map((digit) => digit.toString(16))
    .join("")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * Serialises a JSON value with sorted object keys, so that equal values give equal text.
 * Source: after RFC 8785 (JSON canonicalization); numbers and strings as in JSON.stringify
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

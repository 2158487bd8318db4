import { printedForms } from "./gtin.ts";
import type { Status } from "./product.ts";
import { readCode } from "./scanned-code.ts";

const MAX_TOKENS = 10;
const MAX_TOKEN_LENGTH = 64;

/** No value in hexadecimal has an `o`, so no product has this status. */
const NOTHING = 'status : "nothing"';

/** The terms and filters of a catalogue search; all must match. */
export interface ProductSearch {
  /** Terms as they were typed; each is a prefix of a word of the product. */
  q?: string | undefined;
  category?: string | undefined;
  brand?: string | undefined;
  status: Status;
}

/**
 * Builds the MATCH expression of a search over `products_search`, whose columns other than `words` hold one token each: the
 * value's bytes in hexadecimal.
 * @returns an expression that is always valid, whatever was typed; a `q` without a letter or digit matches nothing
 * Source: https://www.sqlite.org/fts5.html#full_text_query_syntax
 */
export function matchExpression(search: ProductSearch): string {
  const tokens = search.q === undefined ? [] : tokensOf(search.q);
  if (search.q !== undefined && tokens.length === 0) return NOTHING;
  const typed = tokens.map((token) => `words : "${token}" *`);
  const scanned = search.q === undefined ? [] : scannedForms(search.q).map((form) => `words : "${form}"`);
  const words = scanned.length === 0 ? typed : [`((${typed.join(" AND ")}) OR ${scanned.join(" OR ")})`];
  const exact = (["category", "brand", "status"] as const).flatMap((column) => {
    const value = search[column];
    return value === undefined ? [] : [`${column} : "${hex(value)}"`];
  });
  return [...words, ...exact].join(" AND ");
}

/** The ways in which products may have a barcode that was typed or scanned; none where it is no barcode. */
function scannedForms(q: string): string[] {
  return [...new Set(readCode(q)?.gtins.flatMap(printedForms))];
}

/** Runs of letters, digits and marks: no character that could end a quoted string of FTS5. */
function tokensOf(q: string): string[] {
  const runs = q.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const tokens = runs.filter((run) => /[\p{L}\p{N}]/u.test(run));
  return tokens.slice(0, MAX_TOKENS).map((token) => Array.from(token).slice(0, MAX_TOKEN_LENGTH).join(""));
}

function hex(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

import { printedForms } from "./gtin.ts";
import type { Status } from "./product.ts";
import { readCode } from "./scanned-code.ts";
import { foldedText, isPaired, pairsOf } from "../../rules/search-folding.ts";

const MAX_TERMS = 10;
const MAX_TERM_LENGTH = 64;
/** Of scripts that are indexed by pairs of characters: each pair is a list that a search reads. */
const MAX_PAIRED_LENGTH = 16;

/** No value in hexadecimal has an `o`, so no product has this status. */
const NOTHING = 'status : "nothing"';

/** The terms and filters of a catalogue search; all must match. */
export interface ProductSearch {
  /** Terms as they were typed; each is a prefix of a word of the product, or in scripts without words a part of a run. */
  q?: string | undefined;
  category?: string | undefined;
  brand?: string | undefined;
  status: Status;
}

/**
 * Builds the MATCH expression of a search over `catalog_search`, whose columns other than `words` hold one token each: the
 * value's bytes in hexadecimal.
 * @returns an expression that is always valid, whatever was typed; a `q` without a letter or digit matches nothing
 * Source: https://www.sqlite.org/fts5.html#full_text_query_syntax
 */
export function matchExpression(search: ProductSearch): string {
  const typed = search.q === undefined ? [] : termsOf(search.q).map((term) => `words : ${term}`);
  if (search.q !== undefined && typed.length === 0) return NOTHING;
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

/**
 * The terms of a search: runs of letters, digits and marks, in which no character could end a quoted string of FTS5. Characters that are
 * indexed by pairs are found anywhere in a run, by a phrase of their pairs.
 */
function termsOf(q: string): string[] {
  const runs =
    foldedText(q)
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const segments = runs.filter((run) => /[\p{L}\p{N}]/u.test(run)).flatMap((run) => segmentsOf(Array.from(run)));
  return segments.slice(0, MAX_TERMS).map((segment) => {
    if (!isPaired(segment[0] ?? "")) return `"${segment.slice(0, MAX_TERM_LENGTH).join("")}" *`;
    const pairs = pairsOf(segment.slice(0, MAX_PAIRED_LENGTH));
    return `"${pairs.join(" ")}"${segment.length === 1 ? " *" : ""}`;
  });
}

/** Splits a run where its characters are no longer, or are then, indexed by pairs: `Tシャツ` is `T` and `シャツ`. */
function segmentsOf(characters: readonly string[]): string[][] {
  const segments: string[][] = [];
  for (const character of characters) {
    const last = segments.at(-1);
    if (last && isPaired(last[0] ?? "") === isPaired(character)) last.push(character);
    else segments.push([character]);
  }
  return segments;
}

function hex(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

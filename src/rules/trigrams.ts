import { isPaired } from "./search-folding.ts";

/** Before each word of an indexed text: so its first one and two characters are in a term of three. */
export const GAP = "  ";
const TERM = 3;
/** The most terms of one text, because each is a list that a search reads. */
const MAX_TERMS = 5;
const MAX_DIGIT_TERMS = 10;
/** The most texts of one list. */
const MAX_TEXTS = 3;

/** How long a text is, in characters as an index counts them. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/**
 * Terms that every text has that contains this one. Of letters, three characters each cover it, and its last three. Digits have no words: the terms
 * of two numbers of one order would often be those of a third, so that each place of a text with a digit begins a term.
 */
function termsOf(text: string): string[] {
  const step = /\d/.test(text) ? 1 : TERM;
  const most = step === 1 ? MAX_DIGIT_TERMS : MAX_TERMS;
  const characters = Array.from(text).slice(0, (most - 1) * step + TERM);
  const last = Math.max(0, characters.length - TERM);
  const starts = characters.flatMap((_, at) => (at % step === 0 && at < last ? [at] : []));
  return [...new Set([...starts, last].map((at) => characters.slice(at, at + TERM).join("")))];
}

/**
 * The words of a folded text as they are indexed. Characters of scripts that do not separate words are indexed by pairs, and the last one
 * of a run alone, so that a search for any part of a run finds it.
 */
export function wordsText(text: string): string {
  const words = segmentsOf(text).flatMap((segment) => {
    if (!isPaired(segment[0] ?? "")) return [segment.join("")];
    return [...pairsIn(segment), segment.at(-1) ?? ""];
  });
  return words.map((word) => GAP + word).join("");
}

/**
 * An expression of FTS5 that finds what has all texts of one of the lists, and perhaps more: an index without positions has no phrases, only
 * terms that are all there.
 * Source: https://www.sqlite.org/fts5.html#the_trigram_tokenizer, #the_detail_option
 */
export function anyOf(needles: readonly (readonly string[])[]): string {
  const alternatives = needles.map((all) => {
    const terms = [...new Set(all.slice(0, MAX_TEXTS).flatMap(termsOf))];
    return `(${terms.map((term) => `"${term.replaceAll('"', '""')}"`).join(" AND ")})`;
  });
  return `(${[...new Set(alternatives)].join(" OR ")})`;
}

/** What `wordsText` contains wherever the words of a folded text are in it, one after another: of one or two letters, the beginning of a word. */
export function partsOf(text: string): string[] {
  const segments = segmentsOf(text);
  if (segments.length > 0 && !segments.some(([first = ""]) => isPaired(first))) {
    const words = segments.map((segment) => segment.join(""));
    return [((segments[0]?.length ?? 0) < TERM ? GAP : "") + words.join(GAP)];
  }
  return segments.map((segment) => {
    const isRun = isPaired(segment[0] ?? "") && segment.length > 1;
    return (isRun ? pairsIn(segment) : [segment.join("")]).map((word) => GAP + word).join("");
  });
}

function pairsIn(segment: readonly string[]): string[] {
  return segment.slice(1).map((character, at) => (segment[at] ?? "") + character);
}

/** The runs of letters, digits and marks of a text, split where its characters are no longer, or are then, indexed by pairs. */
function segmentsOf(text: string): string[][] {
  const runs = text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return runs.flatMap((run) => {
    const segments: string[][] = [];
    for (const character of run) {
      const last = segments.at(-1);
      if (last && isPaired(last[0] ?? "") === isPaired(character)) last.push(character);
      else segments.push([character]);
    }
    return segments;
  });
}

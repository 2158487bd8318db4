/** Begins the word that stands for one or two characters; nobody types it, because it is no letter. */
const PAIR_MARK = "\uE000";

const HALF_WIDTH_KANA =
  "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
const VOICED = new Set([0xff_9e, 0x30_99]);
const SEMI_VOICED = new Set([0xff_9f, 0x30_9a]);
const KATAKANA_U = 0x30_a6;
const KATAKANA_VU = 0x30_f4;

/** Ranges of Thai, Lao, Burmese, Khmer, kana, ideographs and Hangul, without their punctuation. */
const PAIRED: readonly (readonly [first: number, last: number])[] = [
  [3_585, 3_839],
  [4_096, 4_169],
  [4_176, 4_255],
  [6_016, 6_099],
  [6_108, 6_143],
  [12_293, 12_295],
  [12_353, 12_543],
  [13_312, 40_959],
  [44_032, 55_215],
  [63_744, 64_255],
  [131_072, 205_743],
];
const NOT_PAIRED = new Set([3_647, 3_663, 3_674, 3_675, 12_448, 12_539]);

/**
 * Folds text as the index does: full-width letters are plain, half-width kana are full width, and hiragana are katakana.
 * The view `product_search_rows` does the same in SQL. Source: Unicode, Halfwidth and Fullwidth Forms; Hiragana; Katakana
 */
export function foldedText(text: string): string {
  const codes = Array.from(text.normalize("NFC"), (character) => character.codePointAt(0) ?? 0);
  const folded = codes.flatMap((code, at) => {
    if (VOICED.has(code) || SEMI_VOICED.has(code)) return [];
    const base = baseOf(code);
    return [base + voicingOf(base, codes[at + 1])];
  });
  return String.fromCodePoint(...folded);
}

function baseOf(code: number): number {
  if (code >= 0xff_01 && code <= 0xff_5e) return code - 0xfe_e0;
  if (code === 0x30_00) return 0x20;
  if (code >= 0xff_66 && code <= 0xff_9d) return HALF_WIDTH_KANA.codePointAt(code - 0xff_66) ?? code;
  return code >= 0x30_41 && code <= 0x30_96 ? code + 96 : code;
}

/** A mark after a kana that makes it voiced: `カ` and `ﾞ` are `ガ`. */
function voicingOf(base: number, following = 0): number {
  if (base < 0x30_a1 || base > 0x30_f3) return 0;
  if (VOICED.has(following)) return base === KATAKANA_U ? KATAKANA_VU - KATAKANA_U : 1;
  return SEMI_VOICED.has(following) ? 2 : 0;
}

/** Whether a character is indexed by pairs, because words are not separated in its script, or are joined. */
export function isPaired(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return !NOT_PAIRED.has(code) && PAIRED.some(([first, last]) => code >= first && code <= last);
}

/** The words of the index for a run of paired characters: its pairs, or the beginning of a pair for one character. */
export function pairsOf(run: readonly string[]): string[] {
  const codes = run.map((character) => (character.codePointAt(0) ?? 0).toString(16).padStart(5, "0"));
  if (codes.length === 1) return [PAIR_MARK + codes.join("")];
  return codes.slice(1).map((code, at) => PAIR_MARK + (codes[at] ?? "") + code);
}

/** Text without differences of case, width, accents of letters, and blanks. Marks that are no accents, such as the vowels of Hindi, stay. */
export function plainText(text: string): string {
  const folded = foldedText(text.normalize("NFKC")).toLowerCase();
  const plain = folded.normalize("NFD").replaceAll(/[\u0300-\u036F]/g, "");
  return plain.normalize("NFC").replaceAll(/\s+/g, " ").trim();
}

/** A number of a parcel without the blanks and dashes that make it readable. */
export function squeezed(text: string): string {
  return text.replaceAll(/[\s\p{Pd}]/gu, "");
}

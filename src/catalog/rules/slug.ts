/** Letters that no decomposition turns into Latin ones: European, Cyrillic and Greek, as they are commonly romanised. */
const ROMANISED: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "ß ss æ ae œ oe ø o đ d ð d þ th ł l ħ h ı i ĸ k ŋ n ŧ t",
    "а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya",
    "є ye і i ґ g ђ dj ј j љ lj њ nj ћ c џ dz",
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o",
  ].flatMap((line) => {
    const parts = line.split(" ");
    return parts.flatMap((letter, index): [string, string][] => {
      const latin = parts[index + 1] ?? "";
      return index % 2 === 0 ? [[letter, latin === "-" ? "" : latin]] : [];
    });
  }),
);

const MAX_SLUG = 80;
const MAX_ID = 48;
const MAX_SORTED = 60;

/** The ids that are addresses of the API. */
const ADDRESS_WORDS = new Set(["export", "import", "imports"]);

/** Lower case without accents, in Latin letters as far as they are known. */
function romanised(text: string): string {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return Array.from(plain, (letter) => ROMANISED[letter] ?? letter).join("");
}

/**
 * Makes a slug of a name. A name with letters that have no Latin form here is told apart by the other text.
 * @param other such as the product's id; used where the name does not suffice
 */
export function slugOf(name: string, other: string): string {
  const latin = romanised(name.replaceAll("&", " and ").replaceAll(/['’`]/g, ""));
  const words = hyphenated(latin);
  const isWhole = !/(?![a-z])\p{L}/u.test(latin);
  const slug = isWhole && words !== "" ? words : [words, hyphenated(romanised(other))].filter(Boolean).join("-");
  return cut(slug, MAX_SLUG) || "product";
}

/** Makes an id of a text such as a SKU; it keeps the case, dots and underscores. @returns `undefined` where nothing is left */
export function idOf(text: string): string | undefined {
  const letters = text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const latin = /[A-Za-z0-9]/.test(letters) ? letters : romanised(letters);
  const id = latin.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return id.slice(0, MAX_ID).replace(/[^A-Za-z0-9]+$/, "") || undefined;
}

/**
 * Numbered alternatives of a name, for where it is taken; the last, with the random text, is free.
 * @param isContested others take these names at this moment, so that only the random one is left
 */
export function alternativesOf(name: string, random: string, isContested = false): string[] {
  const numbered = Array.from({ length: 8 }, (_, index) => `${name}-${index + 2}`);
  const all = [...(ADDRESS_WORDS.has(name) ? [] : [name]), ...numbered, `${name}-${random.toLowerCase()}`];
  return isContested ? all.slice(-2) : all;
}

/** The slugs that a product may have, best first, where many are named at once; the last ones name the product. */
export function slugChoices(name: string, productId: string): string[] {
  const slug = slugOf(name, productId);
  return [...new Set([slug, slugOf(`${slug}-${productId}`, productId), `${slug}-${sumOf(productId)}`])];
}

/** The first name that is free; one that a request said is taken as it is. */
export function firstFree(names: readonly string[], taken: ReadonlySet<string> | undefined): string {
  return (names.length > 1 ? names.find((name) => !taken?.has(name)) : undefined) ?? names.at(-1) ?? "";
}

/** Chooses the slugs of products of one write, each unique among them too. @param taken slugs that are in use */
export function chooseSlugs(unnamed: readonly { productId: string; name: string }[], taken: ReadonlySet<string>): string[] {
  const used = new Set(taken);
  return unnamed.map(({ productId, name }) => {
    const slug = firstFree(slugChoices(name, productId), used);
    used.add(slug);
    return slug;
  });
}

/**
 * What lists sort a product by: the name without accents and case. It ends in a sum of the name itself, so that it differs for every
 * name.
 */
export function sortNameOf(name: string): string {
  return `${romanised(name).slice(0, MAX_SORTED)}\t${sumOf(name)}`;
}

function hyphenated(text: string): string {
  return text.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
}

/** Cuts at a hyphen, if there is one. */
function cut(slug: string, max: number): string {
  if (slug.length <= max) return slug;
  const head = slug.slice(0, max + 1);
  const end = head.lastIndexOf("-");
  return head.slice(0, end > 0 ? end : max);
}

/** FNV-1a of 32 bits, as 8 hexadecimal digits. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function sumOf(text: string): string {
  let sum = 0x81_1c_9d_c5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01_00_01_93);
  return (sum >>> 0).toString(16).padStart(8, "0");
}

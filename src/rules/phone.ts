/** A number as it is stored: E.164, with an extension as in RFC 3966. */
const STORED = /^\+([1-9]\d{4,14})(?:;ext=\d{1,7})?$/;

/** What people write numbers with, for the orders of earlier releases and for ranges that no library knows yet. */
const TYPED = /^\+?[\d\s().\-/]+$/;
const MIN_DIGITS = 7;

/** Country calling codes of one and two digits; all others have three. Source: ITU-T E.164 (E.164D) */
const CALLING_CODE = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;

/** Two numbers with the same last digits are one phone, so that a country code or a leading zero makes no other customer. */
const LAST_DIGITS = 9;

/** Whether a text can be called. */
export function isPhone(text: string): boolean {
  return STORED.test(text) || (TYPED.test(text) && [...text.matchAll(/\d/g)].length >= MIN_DIGITS && /[1-9]/.test(text));
}

/**
 * What a phone is known by, whether it is stored as E.164 or, by a release before 0.4.0, as it was typed: its last digits. A short number has two:
 * with its country's code and without, as it may have been typed. Empty for a text that is no phone.
 */
export function phoneKeys(text: string): string[] {
  if (!isPhone(text)) return [];
  const digits = STORED.exec(text)?.[1];
  const spellings = digits === undefined ? [text.replaceAll(/\D/g, "")] : [digits, digits.replace(CALLING_CODE, "")];
  return [...new Set(spellings.map((each) => each.replace(/^0+/, "").slice(-LAST_DIGITS)))];
}

/** The digits of a number, without an extension, whether it is stored as E.164 or as it was typed. */
export function digitsOf(phone: string): string {
  return (phone.split(";ext=")[0] ?? "").replaceAll(/\D/g, "");
}

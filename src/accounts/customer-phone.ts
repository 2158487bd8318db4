import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * The one spelling of a phone number: E.164, with an extension as in RFC 3966.
 * @param country of the shop, whose numbers need no country code
 * @returns `undefined` where the text is no number that can exist
 */
export function normalPhone(text: string, country: string): string | undefined {
  const phone = parsePhoneNumberFromString(text, { defaultCountry: country as "IN", extract: false });
  if (!phone?.isValid()) return undefined;
  return phone.ext === undefined ? phone.number : `${phone.number};ext=${phone.ext}`;
}

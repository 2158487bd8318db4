/**
 * The countries that an address may be in: the officially assigned codes, and XK, which the EU, Cloudflare and GeoNames use for Kosovo.
 * Source: ISO 3166-1 alpha-2, November 2026
 */
export const ALL_COUNTRIES: readonly string[] =
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI
  CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ
  GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
  LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG
  PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK
  TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW`.split(/\s+/);

const COUNTRIES = new Set(ALL_COUNTRIES);

/** Codes that are commonly used for a country that has another one. Source: ISO's reserved codes, and the EU's for Greece. */
export const COUNTRY_ALIASES: Readonly<Record<string, string>> = { UK: "GB", EL: "GR" };

/** The code of a country in any case, `UK` as `GB`. @returns `undefined` for a code that no country has, such as `ZZ` */
export function countryOf(text: string): string | undefined {
  const code = assignedCode(text.toUpperCase());
  return COUNTRIES.has(code) ? code : undefined;
}

/** The code that a country has today. Releases up to 0.3.0 stored `UK` as it was given. */
export function assignedCode(code: string): string {
  return COUNTRY_ALIASES[code] ?? code;
}

/** Other codes of a country. */
export function aliasesOf(country: string): string[] {
  return Object.keys(COUNTRY_ALIASES).filter((alias) => COUNTRY_ALIASES[alias] === country);
}

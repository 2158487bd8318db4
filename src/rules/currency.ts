/**
 * The currencies of ISO 4217 that goods are sold in, by their number of decimals. They are written down here, because `Intl` answers with the
 * decimals in use by CLDR, which differ from ISO's and change from one runtime to the next (HUF, RSD, ALL, LBP, IQD, COP, IDR …).
 * Left out: metals, units of account, funds and codes for tests and for no currency (XAU, XDR, CLF, UYI, CHE, USN, XTS, XXX …).
 * Source: https://www.six-group.com/en/products-services/financial-information/data-standards.html, list one, amended to 2026-01-01;
 * ANG and BGN, withdrawn in 2025 and 2026, stay for the shops whose records are in them.
 */
const BY_DECIMALS: readonly (readonly [decimals: number, codes: string])[] = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"],
  [
    2,
    `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK
     DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR
     LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR
     SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR
     ZMW ZWG`,
  ],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
];

const DECIMALS: ReadonlyMap<string, number> = new Map(
  BY_DECIMALS.flatMap(([decimals, codes]) => codes.split(/\s+/).map((code) => [code, decimals] as const)),
);

/** The decimals of a currency by ISO 4217. @returns `undefined` for a code of no currency that goods are sold in */
export function isoDecimals(code: string): number | undefined {
  return DECIMALS.get(code);
}

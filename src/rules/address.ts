/** What an address says besides its postal code and its country, which orders have members of their own for. */
export interface AddressLines {
  line1: string;
  line2: string | null;
  city: string;
  /** A name, or a code of ISO 3166-2. It is not computed with. */
  region: string | null;
}

/** An address in its parts. */
export interface Address extends AddressLines {
  /** As it was written. */
  postalCode: string | null;
  country: string;
}

/** The lines of an address in one, for clients that know an address as one text. */
export function inOneLine({ line1, line2, city, region }: AddressLines): string {
  return [line1, line2, city, region].filter((part) => part !== null).join(", ");
}

/** The lines of an address alone, always in the same order, so that equal ones are the same JSON. */
export function linesOf({ line1, line2, city, region }: AddressLines): AddressLines {
  return { line1, line2, city, region };
}

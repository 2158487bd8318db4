import { normalisePostalCode } from "./postal-code.ts";

/** What a request says of a destination. */
export interface Place {
  postalCode: string | undefined;
  country: string | undefined;
}

/**
 * Compares what a request says itself with what its address says.
 * @param home the country of both where neither says one
 * @returns the members in which they differ, however they are spelled
 */
export function differencesOf(said: Place, inAddress: Place, home: string): (keyof Place)[] {
  const country = said.country ?? inAddress.country ?? home;
  const code = (text: string) => normalisePostalCode(country, text);
  const isOther = {
    country: differ(said.country, inAddress.country, (text) => text),
    postalCode: differ(said.postalCode, inAddress.postalCode, code),
  };
  return (["postalCode", "country"] as const).filter((member) => isOther[member]);
}

function differ(one: string | undefined, other: string | undefined, normal: (text: string) => string): boolean {
  return one !== undefined && other !== undefined && normal(one) !== normal(other);
}

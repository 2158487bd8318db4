import { findAddress } from "../../accounts/addresses/queries.ts";
import type { Deps } from "../../deps.ts";
import { refusedField } from "../../errors.ts";
import type { Address } from "../../rules/address.ts";

/**
 * Reads the address of a book that an order names, at the cost of one hop.
 * @param ownerId whose book it is
 * @returns `undefined` where the book has none by that id
 * @throws Refusal `forbidden` for a caller without a book
 */
export async function chooseAddress(deps: Deps, ownerId: string | undefined, addressId: string): Promise<Address | undefined> {
  if (ownerId === undefined) throw refusedField("forbidden", "address_id", "only accounts have addresses; give delivery_address");
  const { address } = await deps.db.batch("read address of order", { address: findAddress(ownerId, addressId) });
  return address;
}

import type { Address } from "../../rules/address.ts";

/** The most addresses of one account. */
export const MAX_ADDRESSES = 50;

/** What its owner says of an address. */
export interface AddressFields extends Address {
  /** The owner's name for it, such as "Home". */
  label: string | null;
  /** Who receives goods there. */
  name: string | null;
  /** As E.164, or as it was typed where no library knows the number. */
  phone: string | null;
}

/** An address of an account's book. Where a book has addresses, exactly one is the default. */
export interface BookAddress extends AddressFields {
  addressId: string;
  isDefault: boolean;
  createdAtMs: number;
  /** Grows with every change, also where another address becomes the default in its place. */
  updatedAtMs: number;
}

/** The default first, then the newest. */
export function inOrder(book: readonly BookAddress[]): BookAddress[] {
  return book.toSorted((a, b) => {
    if (a.isDefault !== b.isDefault) return a.isDefault ? -1 : 1;
    return b.createdAtMs - a.createdAtMs || (a.addressId < b.addressId ? 1 : -1);
  });
}

/** A book as it was read, in one text: another change of it makes another. D1 writes the same (`guardBook`). */
export function versionOfBook(book: readonly BookAddress[]): string {
  const versions = book.map(({ addressId, updatedAtMs }) => [addressId, updatedAtMs] as const);
  return JSON.stringify(versions.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The names of the fields that a change changes, for the audit log, which has no personal data. */
export function changedFields(before: AddressFields, after: AddressFields): string[] {
  const names = ["label", "name", "phone", "line1", "line2", "city", "region", "postalCode", "country"] as const;
  return names.filter((name) => before[name] !== after[name]);
}

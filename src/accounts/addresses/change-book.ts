import type { Query } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, Refusal } from "../../errors.ts";
import { requireMatch } from "../../writes/require-match.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import type { Change } from "../../writes/rules/change.ts";
import type { Plan } from "../../writes/write-once.ts";
import { type AddressFields, type BookAddress, changedFields, inOrder, MAX_ADDRESSES } from "../rules/address-book.ts";
import { clearDefault, deleteAddress, guardBook, setDefault, upsertAddress } from "./queries.ts";
import { noAddress, readBook, showAddress } from "./read-addresses.ts";

const ADDRESS_PREFIX = "ADR";
const GUARD = "users.updated_at_ms";

/** A new address. The first of a book is its default. */
export interface NewAddress {
  fields: AddressFields;
  isDefault: boolean;
}

/**
 * Adds an address to an account's book.
 * @throws Refusal `too_many_addresses`, `not_found` where the account was deleted
 */
export function addAddress(
  deps: Deps,
  keyed: Keyed | undefined,
  userId: string,
  given: NewAddress,
): Promise<Written<BookAddress>> {
  return writeAddress(deps, keyed, userId, (book) => {
    if (book.length >= MAX_ADDRESSES)
      throw new Refusal("too_many_addresses", `An account has at most ${MAX_ADDRESSES} addresses. Delete one first.`);
    // Later than all others, which the order of the list relies on.
    const atMs = Math.max(deps.nowMs(), ...book.map(({ createdAtMs }) => createdAtMs + 1));
    const isDefault = given.isDefault || book.length === 0;
    const addressId = ADDRESS_PREFIX + deps.newId();
    const after = { ...given.fields, addressId, isDefault, createdAtMs: atMs, updatedAtMs: atMs };
    const queries = [...(isDefault ? [clearDefault(userId, atMs)] : []), upsertAddress(userId, after)];
    return { after, queries, change: changeOf("create", addressId, undefined, { isDefault }), status: 201 };
  });
}

/** A change of an address; what it leaves out stays. */
export interface AddressChange {
  addressId: string;
  fields: Partial<AddressFields>;
  isDefault: boolean | undefined;
}

/**
 * Changes an address of an account's book. Where it becomes the default, the one before is it no longer.
 * @throws Refusal `not_found`, `precondition_failed`; `validation_failed` where the default would be none
 */
export function changeAddress(
  deps: Deps,
  keyed: Keyed | undefined,
  userId: string,
  { addressId, fields, isDefault: wanted }: AddressChange,
): Promise<Written<BookAddress>> {
  return writeAddress(deps, keyed, userId, (book) => {
    const before = addressOf(deps, book, addressId);
    if (before.isDefault && wanted === false) throw invalidField("is_default", "make another address the default instead");
    const updatedAtMs = Math.max(deps.nowMs(), before.updatedAtMs + 1);
    const isDefault = wanted ?? before.isDefault;
    const after = { ...before, ...fields, isDefault, updatedAtMs };
    const isMoved = isDefault && !before.isDefault;
    const queries = [...(isMoved ? [clearDefault(userId, updatedAtMs)] : []), upsertAddress(userId, after)];
    const audited = { isDefault, changed: changedFields(before, after) };
    const change = changeOf("change", addressId, { isDefault: before.isDefault }, audited);
    return { after, queries, change, status: 200 };
  });
}

/**
 * Deletes an address of an account's book. Where it was the default, the newest of the others becomes it.
 * @throws Refusal `not_found`, `precondition_failed`
 */
export function removeAddress(
  deps: Deps,
  keyed: Keyed | undefined,
  userId: string,
  addressId: string,
): Promise<Written<unknown>> {
  return writeBook(deps, keyed, userId, (book) => {
    const before = addressOf(deps, book, addressId);
    const [next] = inOrder(book.filter((address) => address !== before));
    const moved = before.isDefault && next ? [setDefault(userId, next.addressId, deps.nowMs())] : [];
    const change = changeOf("delete", addressId, { isDefault: before.isDefault }, undefined);
    return { addressId, queries: [deleteAddress(userId, addressId), ...moved], change, status: 200 };
  });
}

function addressOf(deps: Deps, book: readonly BookAddress[], addressId: string): BookAddress {
  const found = book.find((address) => address.addressId === addressId);
  if (!found) throw noAddress();
  requireMatch(deps, found.updatedAtMs);
  return found;
}

interface Decision {
  queries: Query<unknown>[];
  change: Change;
  status: 200 | 201;
}

/** Writes one address. A replay returns the address as it is by then. @throws Refusal `not_found` where it is deleted by then */
async function writeAddress(
  deps: Deps,
  keyed: Keyed | undefined,
  userId: string,
  decide: (book: BookAddress[]) => Decision & { after: BookAddress },
): Promise<Written<BookAddress>> {
  let after: BookAddress | undefined;
  const written = await writeBook(deps, keyed, userId, (book) => {
    const decision = decide(book);
    after = decision.after;
    return { ...decision, addressId: after.addressId };
  });
  const answer = after && !written.replayed ? after : await showAddress(deps, userId, written.answer.addressId);
  return { ...written, answer };
}

/**
 * Plans a change of a book as it was read, and writes it unless somebody changed the book meanwhile: so of two changes at once, both find
 * one default and no more addresses than there may be. The kept answer has the id alone, because personal data must not survive a deletion.
 */
function writeBook(
  deps: Deps,
  keyed: Keyed | undefined,
  userId: string,
  decide: (book: BookAddress[]) => Decision & { addressId: string },
): Promise<Written<{ addressId: string }>> {
  return writeGuarded(deps, keyed, GUARD, async (): Promise<Plan<{ addressId: string }>> => {
    const book = await readBook(deps, userId);
    const { queries, change, status, addressId } = decide(book);
    return { queries: [guardBook(userId, book), ...queries], changes: [change], answer: { addressId }, status };
  });
}

/** For the audit log, without personal data, because entries outlive the account. */
function changeOf(verb: string, recordId: string, before: object | undefined, after: object | undefined): Change {
  return { action: `address.${verb}`, recordType: "address", recordId, before, after };
}

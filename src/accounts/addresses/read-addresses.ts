import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { findUser } from "../queries.ts";
import { type BookAddress, inOrder } from "../rules/address-book.ts";
import { findAddress, findBook } from "./queries.ts";

/** Lists the addresses of an account: the default first, then the newest. */
export async function listAddresses(deps: Deps, userId: string): Promise<BookAddress[]> {
  const { book } = await deps.db.batch("list addresses", { book: findBook(userId) });
  return inOrder(book);
}

/** Shows an address of an account. @throws Refusal `not_found`, also for one of another account */
export async function showAddress(deps: Deps, userId: string, addressId: string): Promise<BookAddress> {
  const { address } = await deps.db.batch("show address", { address: findAddress(userId, addressId) });
  if (!address) throw noAddress();
  return address;
}

/** Reads a book to change it. @throws Refusal `not_found` where its owner was deleted */
export async function readBook(deps: Deps, userId: string): Promise<BookAddress[]> {
  const { owner, book } = await deps.db.batch("read address book", { owner: findUser(userId), book: findBook(userId) });
  if (owner?.status !== "active") throw new Refusal("not_found", "The account was deleted.");
  return book;
}

export function noAddress(): Refusal {
  return new Refusal("not_found", "Address not found.");
}

import { Refusal } from "../errors.ts";
import type { Action } from "../rules/rights.ts";
import { bearerToken } from "./auth.ts";
import type { AppContext } from "./context.ts";

/**
 * Lets in those who may do it to any order, the holder of the order's token, and a customer, whose order it then has to be. For anyone
 * else the order does not exist.
 * @returns the account that the order has to belong to; `undefined` where it may be anybody's
 */
export async function ownerOf(c: AppContext, orderId: string, action: Action): Promise<string | undefined> {
  const { caller, deps } = c.var;
  if (caller.may(action)) return undefined;
  if (caller.userId !== undefined) return caller.userId;
  const token = bearerToken(c);
  if (token !== undefined && (await deps.isTokenOf(token, orderId))) return undefined;
  throw new Refusal("not_found", "There is no such order.");
}

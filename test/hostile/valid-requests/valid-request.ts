import type { Caller, Shop } from "../shop.ts";

/** A request that must succeed, with all ids that it needs. Attacks are made by changing it. */
export interface ValidRequest {
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: Record<string, unknown>;
  /** Sent as is, instead of a JSON body. */
  file?: { type: string; text: string };
  headers?: Record<string, string>;
  /** A caller who has the right; `admin` by default. */
  caller?: Caller;
  /** Sent instead of the caller's token. */
  token?: string;
  /** Products whose objects it reads or writes. */
  products?: string[];
}

/** Per operation, creates a new valid request: one that succeeded has used up what it needed. */
export type ValidRequests = Readonly<Record<string, (shop: Shop) => ValidRequest | Promise<ValidRequest>>>;

let created = 0;

/** An id that no other valid request of the test file uses. */
export function uniqueId(prefix: string): string {
  created += 1;
  return `${prefix}-${created}`;
}

import type { Asker, Shop } from "../shop.ts";

/** A request that has to succeed, with all the ids in it that it needs; what attacks are made from. */
export interface Base {
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: Record<string, unknown>;
  /** Sent as it is, in place of a JSON body. */
  file?: { type: string; text: string };
  headers?: Record<string, string>;
  /** Who has the right, `admin` unless told otherwise. */
  asker?: Asker;
  /** In place of the asker's. */
  token?: string;
  /** Products whose objects it touches. */
  products?: string[];
}

/** How the base of each operation is made anew: one that succeeded has used up what it needed. */
export type Bases = Readonly<Record<string, (shop: Shop) => Base | Promise<Base>>>;

let made = 0;

/** An id that no other base of the file has. */
export function own(prefix: string): string {
  made += 1;
  return `${prefix}-${made}`;
}

import type { PasswordHash } from "./accounts/rules/user.ts";
import type { KnownUnits } from "./catalog/rules/foreign-stock.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/client.ts";
import type { PriceList } from "./pricing/rules/pricing-rule.ts";
import type { Action, Asking, Tier } from "./rules/rights.ts";
import type { CurrencyRecord } from "./shop/rules/currency-record.ts";
import type { Warehouse } from "./warehouses/rules/rank.ts";
import type { HoldShare } from "./stock/rules/allocate.ts";
import type { StockCalls } from "./stock/rules/stock-calls.ts";

/** The caller of a request: a guest, a user, or a machine with an API key. */
export interface Caller {
  role: Asking | "key";
  /** The name in movements, logs and events: `guest`, `admin` for `ADMIN_TOKEN`, `user:<id>`, `key:<id>`. */
  actor: string;
  /** Separates the Idempotency-Keys of different callers. */
  scope: string;
  /** The account of a user; absent for others. */
  userId?: string;
  /** The price tier of a user. */
  tier?: Tier;
  may: (action: Action) => boolean;
}

/** The author of writes. */
interface By {
  actor: string;
  /** True for staff, admins and machines, whose writes enter the audit log. */
  isAudited: boolean;
  requestId: string;
}

/** Passwords, tokens and keys. Only their hashes are stored. */
interface Secrets {
  hashPassword: (password: string) => Promise<PasswordHash>;
  /** Takes as long for `undefined`, an unknown user, as for a known one. */
  isPassword: (password: string, stored: PasswordHash | undefined) => Promise<boolean>;
  /** 256 random bits as 52 characters. */
  newToken: () => string;
  /** HMAC of the parts under `ID_SECRET`, as 52 characters: reproduces a token without storing it. */
  deriveToken: (...parts: string[]) => Promise<string>;
  /** SHA-256 as 52 characters: the stored form of tokens and keys. */
  hashOf: (token: string) => Promise<string>;
  /** Whether a token is `ADMIN_TOKEN`, compared in constant time; false while that is unset. */
  isAdminToken: (token: string) => Promise<boolean>;
  signAccessToken: (userId: string, times: { issuedAtMs: number; expiresAtMs: number }) => Promise<string>;
  /** @returns the user id of an access token; `undefined` if it is not valid */
  readAccessToken: (token: string) => Promise<string | undefined>;
}

/** The bucket of images. Its calls have a timeout. */
export interface ImageStore {
  put: (key: string, bytes: Uint8Array<ArrayBuffer>, type: string) => Promise<void>;
  get: (key: string) => Promise<{ body: ReadableStream; size: number } | undefined>;
  /** Deletes those that exist. */
  remove: (keys: string[]) => Promise<void>;
}

/** The units of variants, for files of products. */
interface FileStock {
  /**
   * Where the units of a file are received: in the named warehouse, else in the only active one.
   * @throws Refusal `validation_failed` where there is no such warehouse, or several and none is named
   */
  warehouseOf: (deps: Deps, named: string | undefined) => Promise<string>;
  /** What variants of products have in a warehouse, or in all active ones together; none for one without a movement there. */
  unitsOf: (deps: Deps, productIds: readonly string[], warehouseId?: string) => Promise<Map<string, KnownUnits>>;
  /** Has objects receive opening stock that imports owe them (S5). For work after the answer; what it leaves, the cron does. */
  receiveOwed: (background: Deps) => Promise<void>;
}

/** Everything that a verb may use. `bind.ts` makes one per request, alarm or cron run. */
export interface Deps {
  /** The author of this request's writes; `system` for alarms and the cron. */
  by: By;
  /** The ETags of which a record must have one, for this request to change it; absent where any will do. */
  ifMatch?: readonly string[];
  /** The ceiling on what the caller may hold unpaid; absent for staff, and where limits are off. */
  holdShare?: HoldShare;
  /**
   * Verifies that a person sent the request; absent where nobody has to. Call it before the first effect.
   * @param request what identifies the request, if a repeat of it is the same request
   * @throws Refusal `turnstile_required`, `turnstile_failed`, `unavailable`
   */
  challenge?: (request: string | undefined) => Promise<void>;
  db: Database;
  /**
   * The stock object of a product. Each call has a timeout and is retried when its answer was lost, so all calls are idempotent.
   * @param repeatUntilMs no retry starts after this time, when the caller has given up
   */
  stockOf: (productId: string, repeatUntilMs?: number) => StockCalls;
  config: Config;
  nowMs: () => number;
  /** 128 random bits as 26 characters. */
  newId: () => string;
  /** 80 random bits as 16 characters, for a hold. */
  newTry: () => string;
  /** HMAC of the parts under `ID_SECRET`, as 26 characters. */
  deriveId: (...parts: string[]) => Promise<string>;
  /** The bearer token of an order, under the current `TOKEN_SECRET`. */
  tokenOf: (orderId: string) => Promise<string>;
  /** A bearer token of an order for a link, which ends by itself. @param expiresAtMs counts in whole seconds */
  linkTokenOf: (orderId: string, expiresAtMs: number) => Promise<string>;
  /** Whether a token belongs to an order, its own or that of a link that has not ended, under the current or the previous secret. */
  isTokenOf: (token: string, orderId: string) => Promise<boolean>;
  /** Whether a token was made for a link to an order, and has ended. */
  isExpiredLinkOf: (token: string, orderId: string) => Promise<boolean>;
  /** The signing secret of a webhook endpoint, derived from `ID_SECRET` and stored nowhere. */
  webhookSecretOf: (endpointId: string, secretNo: number) => Promise<string>;
  /** Absent where the deployment has no bucket. */
  images: ImageStore | undefined;
  /** Sends a request to another server. */
  send: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * Runs work after the answer. The platform ends it at about 30 s, so an alarm or the sweep must be able to finish it.
   * @param work gets its own deps, so that its calls are not counted for the request
   */
  defer: (work: (background: Deps) => Promise<unknown>) => void;
  /** Computes anew what lists show of products that an import changed (F5). For work after the answer; what it leaves, the cron does. */
  refreshLists: (background: Deps) => Promise<void>;
  /** What the files of the catalogue need of stock, which lies above the catalogue. */
  fileStock: FileStock;
  /** Writes a line for the operator, as one JSON object. */
  log: (event: string, fields: Record<string, unknown>) => void;
  /** What this isolate caches between requests, for at most 30 s; prices are verified on each use instead. */
  cache: {
    /** In what the shop's amounts are stored; never changes, so it is kept for good. */
    currency?: CurrencyRecord;
    warehouses?: { list: Warehouse[]; readAtMs: number };
    /** Active customers by id. Staff and admins are not cached, so that a change of their rights works at once. */
    customers?: Map<string, { readAtMs: number; tier: Tier }>;
    /** Every statement that uses it verifies its version in D1. */
    pricing?: PriceList;
    /** Until when a run that computes list figures anew counts as running. */
    refreshingUntilMs?: number;
    /** Until when a run that has opening stock received counts as running. */
    receivingUntilMs?: number;
    /** Holds to commit together, by product. */
    commitBatches?: Map<string, { sinceMs: number; holdIds: string[] }>;
  };
  secrets: Secrets;
  /** @returns `stale` for an access token or API key that is not valid; `undefined` for any other text */
  identify: (token: string) => Promise<Caller | "stale" | undefined>;
}

import type { PasswordHash } from "./accounts/rules/user.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/client.ts";
import type { PriceList } from "./pricing/rules/pricing-rule.ts";
import type { Action, Asking, Tier } from "./rules/rights.ts";
import type { Warehouse } from "./warehouses/rules/rank.ts";
import type { StockCalls } from "./stock/rules/stock-calls.ts";

/** Who is asking: a guest, a user, or a machine with a key. */
export interface Caller {
  role: Asking | "key";
  /** What ledgers, logs and events name: `guest`, `admin` for the break-glass token, `user:<id>`, `key:<id>`. */
  actor: string;
  /** Keeps the Idempotency-Keys of different callers apart. */
  scope: string;
  /** The account, where it is a user's. */
  userId?: string;
  /** What a customer's prices go by. */
  tier?: Tier;
  may: (action: Action) => boolean;
}

/** In whose name something is written. */
interface By {
  actor: string;
  /** Writes of staff, admins and machines are kept in the audit log. */
  isAudited: boolean;
  requestId: string;
}

/** What accounts prove themselves by. Of passwords, tokens and keys only the hashes are stored. */
interface Secrets {
  hashPassword: (password: string) => Promise<PasswordHash>;
  /** Takes as long for `undefined`, which is nobody's, as for a user's. */
  isPassword: (password: string, stored: PasswordHash | undefined) => Promise<boolean>;
  /** 256 random bits as 52 characters. */
  newToken: () => string;
  /** HMAC of the parts under `ID_SECRET`, as 52 characters: the same token again, without keeping it. */
  deriveToken: (...parts: string[]) => Promise<string>;
  /** SHA-256 as 52 characters: how tokens and keys are stored. */
  hashOf: (token: string) => Promise<string>;
  /** Whether a token is `ADMIN_TOKEN`, compared in constant time; never where none is set. */
  isAdminToken: (token: string) => Promise<boolean>;
  signAccessToken: (userId: string, times: { issuedAtMs: number; expiresAtMs: number }) => Promise<string>;
  /** @returns the id of the user whose access token it is; `undefined` where it is not valid */
  readAccessToken: (token: string) => Promise<string | undefined>;
}

/** What a verb may touch. One is made for each request, alarm or cron run; `index.ts` binds it. */
export interface Deps {
  /** In whose name this request writes; `system` for alarms and the cron. */
  by: By;
  db: Database;
  /**
   * A product's object. Each call is bounded in time and asked again when its answer was lost, so calls are idempotent.
   * @param repeatUntilMs no repeat begins after this time: who has given up must not be served any more
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
  /** The bearer token of an order under the newest `TOKEN_SECRET`. */
  tokenOf: (orderId: string) => Promise<string>;
  /** Whether a token is an order's, under the newest secret or the one before. */
  isTokenOf: (token: string, orderId: string) => Promise<boolean>;
  /** The signing secret of a webhook endpoint, derived under `ID_SECRET` and stored nowhere. */
  webhookSecretOf: (endpointId: string, secretNo: number) => Promise<string>;
  /** Asks another server. */
  send: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * Runs work after the answer; it is cut at about 30 s, so an alarm or the sweep must be able to finish it.
   * @param work gets deps of its own, so that what it does is not counted for the request
   */
  defer: (work: (background: Deps) => Promise<unknown>) => void;
  /** Lines for the operator, one JSON object each. */
  log: (event: string, fields: Record<string, unknown>) => void;
  /** What this isolate remembers between requests; everything in it but prices may be up to 30 s old (DESIGN §5). */
  cache: {
    warehouses?: { list: Warehouse[]; readAtMs: number };
    /** Customers who were active when they were read, by their ids; nothing of staff and admins is remembered. */
    customers?: Map<string, { readAtMs: number; tier: Tier }>;
    /** Every statement that uses it asks D1 whether it is current. */
    pricing?: PriceList;
    /** Holds that are to be committed together, by product. */
    commitBatches?: Map<string, { sinceMs: number; holdIds: string[] }>;
  };
  secrets: Secrets;
  /** @returns `stale` for what was, or claims to be, a user's or a machine's token and is not valid; `undefined` for any other text */
  identify: (token: string) => Promise<Caller | "stale" | undefined>;
}

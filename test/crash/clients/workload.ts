import { SECRETS } from "../../deployed/server.ts";
import { createRandom, type Random } from "../../support/random.ts";

// What all clients of a run share: the address of the Worker, and the log of writes and their answers.

/** The kind of a write, by which the checks know its effect. */
export type What =
  | ("order" | "cart" | "edit" | "checkout" | "cancel" | "move" | "shipment" | "return")
  | ("adjust" | "transfer" | "receipt" | "recall" | "payment" | "refund");

/** A write as a client sends and retries it. */
interface Call {
  what: What;
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: object;
  /** Sent with the admin token; without it, with `token` or as a guest. */
  asAdmin?: boolean;
  token?: string;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** A write in the log: its final answers, one per copy that was sent at once, and how often it was sent. */
export interface Entry extends Call {
  key: string;
  answers: Answer[];
  attempts: number;
  /** How many copies were sent at once. */
  copies: number;
}

/** An acknowledged order. */
export interface KnownOrder {
  orderId: string;
  token: string;
  total: number;
  isCod: boolean;
  lines: { productId: string; variantId: string; quantity: number }[];
}

interface KnownTransfer {
  transferId: string;
  lines: { productId: string; variantId: string; quantity: number }[];
}

interface Counts {
  requests: number;
  acknowledged: number;
  refused: number;
  retried: number;
  /** Tries that were retried, by the status of the answer, or `none`. */
  unanswered: Record<string, number>;
}

export interface Workload {
  seed: number;
  url: string;
  log: Entry[];
  counts: Counts;
  /** Requests in flight at this moment. */
  inFlight: number;
  orders: KnownOrder[];
  transfers: KnownTransfer[];
  /** The last known on-hand quantity, by variant and warehouse. */
  onHand: Map<string, number>;
  /** Clients start no new action. */
  isEnding: boolean;
  /** When clients stop retrying, by this process's clock. */
  giveUpAtMs: number;
  /** Logs a write and retries it until it is answered. */
  send: (call: Call) => Promise<Entry>;
}

const ANSWER_TIMEOUT_MS = 20_000;
const RETRY_MS = [50, 300] as const;
/** The share of writes that are sent twice at once. */
const DOUBLE_SHARE = 0.08;
const TOO_MANY_REQUESTS = 429;

/** @param seed also determines the pauses between tries and the writes that are sent twice */
export function createWorkload(seed: number): Workload {
  const random = createRandom(seed ^ 0x5eed);
  const workload: Workload = {
    seed,
    url: "",
    log: [],
    counts: { requests: 0, acknowledged: 0, refused: 0, retried: 0, unanswered: {} },
    inFlight: 0,
    orders: [],
    transfers: [],
    onHand: new Map(),
    isEnding: false,
    giveUpAtMs: Infinity,
    send: (call) => sendLogged(workload, random, call),
  };
  return workload;
}

async function sendLogged(workload: Workload, random: Random, call: Call): Promise<Entry> {
  const copies = random.chance(DOUBLE_SHARE) ? 2 : 1;
  const entry: Entry = { ...call, key: random.id(), answers: [], attempts: 0, copies };
  workload.log.push(entry);
  await Promise.all(Array.from({ length: copies }, () => sendUntilAnswered(workload, random, entry)));
  const isDone = acceptedAnswer(entry) !== undefined;
  if (entry.answers.length > 0) workload.counts[isDone ? "acknowledged" : "refused"] += 1;
  return entry;
}

/** Retries under the same key after 429, 5xx or no answer. Any other 2xx or 4xx is the answer. */
async function sendUntilAnswered(workload: Workload, random: Random, entry: Entry): Promise<void> {
  for (let isRepeat = false; Date.now() < workload.giveUpAtMs; isRepeat = true) {
    if (isRepeat) workload.counts.retried += 1;
    entry.attempts += 1;
    const answer = await sendOnce(workload, entry);
    if (answer && answer.status < 500 && answer.status !== TOO_MANY_REQUESTS) {
      entry.answers.push(answer);
      return;
    }
    const name = String(answer?.status ?? "none");
    workload.counts.unanswered[name] = (workload.counts.unanswered[name] ?? 0) + 1;
    await pause(random.between(...RETRY_MS));
  }
}

/** @returns `undefined` if there was no answer */
async function sendOnce(workload: Workload, { method, path, body, key, asAdmin, token }: Entry): Promise<Answer | undefined> {
  workload.counts.requests += 1;
  workload.inFlight += 1;
  const bearer = asAdmin ? SECRETS.ADMIN_TOKEN : token;
  try {
    const response = await fetch(workload.url + path, {
      method,
      headers: {
        "idempotency-key": key,
        ...(body ? { "content-type": "application/json" } : {}),
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  } catch {
    return undefined;
  } finally {
    workload.inFlight -= 1;
  }
}

/** The answer that acknowledged a write, if there is one. */
export function acceptedAnswer({ answers }: Entry): Answer | undefined {
  return answers.find(({ status }) => status < 300);
}

/** Sends a request as an admin. @throws Error with the answer if it is not a success */
export async function callAdmin(
  workload: Workload,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(workload.url + path, {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${SECRETS.ADMIN_TOKEN}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** A member of a JSON object that is text, or "" if it is not. */
export function textField(body: object | undefined, field: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[field];
  return typeof value === "string" ? value : "";
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

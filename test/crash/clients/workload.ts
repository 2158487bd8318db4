import { SECRETS } from "../../deployed/server.ts";
import { createRandom, type Random } from "../../support/random.ts";

// What all clients of a run share: where the Worker is at the moment, and the log of what they were told.

/** What a write is about; the checks know by it what must have come of it. */
export type What =
  | ("order" | "cart" | "edit" | "checkout" | "cancel" | "move" | "return")
  | ("adjust" | "transfer" | "receipt" | "payment" | "refund");

/** A write as a client sends it, however often. */
interface Call {
  what: What;
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: object;
  /** Staff asks with the admin's token; a shopper with the order's own, or as a guest. */
  asAdmin?: boolean;
  token?: string;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** One write, what it was answered at last, and how often it was sent. Sent twice at once it has two answers. */
export interface Entry extends Call {
  key: string;
  answers: Answer[];
  attempts: number;
  /** How many times at once it was sent. */
  times: number;
}

/** An order that somebody was given. */
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
  /** Answers that told a client to try again, and those that never came, by status. */
  again: Record<string, number>;
}

export interface World {
  seed: number;
  url: string;
  log: Entry[];
  counts: Counts;
  /** Requests that are not answered at this moment. */
  inFlight: number;
  orders: KnownOrder[];
  transfers: KnownTransfer[];
  /** What clients heard last of the units on hand, by place. */
  onHand: Map<string, number>;
  /** Clients begin nothing new. */
  isOver: boolean;
  /** When whoever was not answered gives up, by this process's clock. */
  giveUpAtMs: number;
  /** Sends a write until it is answered, and logs it. */
  ask: (call: Call) => Promise<Entry>;
}

const ANSWER_TIMEOUT_MS = 20_000;
const PAUSE_MS = [50, 300] as const;
/** Now and then a client presses twice. */
const TWICE_SHARE = 0.08;
const TOO_MANY_REQUESTS = 429;

/** Makes the shared part of a run. Its own chances (pauses, pressing twice) follow the seed too. */
export function createWorld(seed: number): World {
  const random = createRandom(seed ^ 0x5eed);
  const world: World = {
    seed,
    url: "",
    log: [],
    counts: { requests: 0, acknowledged: 0, refused: 0, retried: 0, again: {} },
    inFlight: 0,
    orders: [],
    transfers: [],
    onHand: new Map(),
    isOver: false,
    giveUpAtMs: Infinity,
    ask: (call) => ask(world, random, call),
  };
  return world;
}

async function ask(world: World, random: Random, call: Call): Promise<Entry> {
  const times = random.chance(TWICE_SHARE) ? 2 : 1;
  const entry: Entry = { ...call, key: random.id(), answers: [], attempts: 0, times };
  world.log.push(entry);
  await Promise.all(Array.from({ length: times }, () => sendUntilAnswered(world, random, entry)));
  const isDone = acceptedOf(entry) !== undefined;
  if (entry.answers.length > 0) world.counts[isDone ? "acknowledged" : "refused"] += 1;
  return entry;
}

/** A client's rule: 2xx and 4xx are answers; 429, 5xx and silence are not, and the same is sent again under the same key. */
async function sendUntilAnswered(world: World, random: Random, entry: Entry): Promise<void> {
  for (let isRepeat = false; Date.now() < world.giveUpAtMs; isRepeat = true) {
    if (isRepeat) world.counts.retried += 1;
    entry.attempts += 1;
    const answer = await send(world, entry);
    if (answer && answer.status < 500 && answer.status !== TOO_MANY_REQUESTS) {
      entry.answers.push(answer);
      return;
    }
    const name = String(answer?.status ?? "none");
    world.counts.again[name] = (world.counts.again[name] ?? 0) + 1;
    await pause(random.between(...PAUSE_MS));
  }
}

/** @returns `undefined` where no answer came */
async function send(world: World, { method, path, body, key, asAdmin, token }: Entry): Promise<Answer | undefined> {
  world.counts.requests += 1;
  world.inFlight += 1;
  const bearer = asAdmin ? SECRETS.ADMIN_TOKEN : token;
  try {
    const response = await fetch(world.url + path, {
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
    world.inFlight -= 1;
  }
}

/** The answer with which a write was acknowledged, where it was. */
export function acceptedOf({ answers }: Entry): Answer | undefined {
  return answers.find(({ status }) => status < 300);
}

/** Asks as an admin for what has to work. @throws Error with what was answered instead */
export async function must(world: World, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(world.url + path, {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${SECRETS.ADMIN_TOKEN}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** A field of JSON that is text, or "" where it is not. */
export function textIn(body: object | undefined, field: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[field];
  return typeof value === "string" ? value : "";
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import type { Deps } from "../deps.ts";
import { disableGone, type Leased, leaseDue, recordAttempt } from "./delivery-queries.ts";
import { type Attempt, afterAttempt, attemptOf } from "./rules/attempt.ts";
import { readTarget } from "./rules/target.ts";
import { signatureOf } from "./signature.ts";
import { endPending } from "./webhook-queries.ts";

/** What a request sends after its answer, rather than leave it to the sweep; there may be a backlog before it. */
export const SENT_AT_ONCE = 20;

/** One run: it begins no round after this time, and tries this many at most. */
const RUN_MS = 20_000;
const MAX_TRIED = 200;

/** One round; each endpoint has its turn in it. */
const MAX_ROUND = 20;
const MAX_PER_ENDPOINT = 5;

/** Standard Webhooks: a receiver has 15 to 30 s. */
const SEND_LIMIT_MS = 15_000;
/** Cloudflare opens six connections at once for a request. */
const LANES = 6;
/** Longer than a round can take: four deliveries in each lane, and their records. */
const LEASE_MS = 120_000;

const MAX_ERROR = 200;

/**
 * Sends what is due to webhook endpoints, at least once: who dies between sending and recording leaves the delivery to be sent again
 * under the same `webhook-id`. An endpoint that fails rests until the next run, so that it does not hold up the others.
 * @param limit deliveries tried at most  @returns how many were tried
 */
export async function deliverDue(deps: Deps, limit = MAX_TRIED): Promise<number> {
  const untilMs = deps.nowMs() + RUN_MS;
  const resting = new Set<string>();
  let [tried, delivered] = [0, 0];
  do {
    const bounds = { perEndpoint: MAX_PER_ENDPOINT, leaseMs: LEASE_MS, resting: [...resting] };
    const { leased } = await deps.db.batch("deliver due", {
      leased: leaseDue({ ...bounds, limit: Math.min(MAX_ROUND, limit - tried) }, deps.nowMs()),
    });
    if (leased.length === 0) break;
    const inTime = leased.filter(({ status }) => status === "pending");
    await inLanes(inTime, async (each) => {
      if (await deliver(deps, each)) delivered += 1;
      else resting.add(each.endpointId);
    });
    tried += leased.length;
  } while (tried < limit && deps.nowMs() < untilMs);
  if (tried > 0) deps.log("webhooks", { tried, delivered });
  return tried;
}

async function inLanes<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function deliver(deps: Deps, leased: Leased): Promise<boolean> {
  const attempt = await send(deps, leased);
  const verdict = afterAttempt(attempt, leased, deps.nowMs(), Math.random());
  const { endpointId } = leased;
  const ending = verdict.isGone ? [disableGone(leased, deps.nowMs()), endPending(endpointId)] : [];
  // What cannot be recorded is sent again when the lease is over.
  const unrecorded = (error: unknown) => deps.log("webhook_unrecorded", { delivery_id: leased.deliveryId, error: String(error) });
  await deps.db.batch("deliver", { recordAttempt: recordAttempt(leased, attempt, verdict), ending }).catch(unrecorded);
  if (verdict.isGone) deps.log("webhook_disabled", { endpoint_id: endpointId, delivery_id: leased.deliveryId });
  return verdict.status === "delivered";
}

async function send(deps: Deps, leased: Leased): Promise<Attempt> {
  try {
    const target = readTarget(leased.url, deps.config.allowLocalWebhooks);
    if ("fault" in target) return failure(`the address ${target.fault}`);
    const response = await deps.send(target.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "User-Agent": "Holdfast", ...(await signedHeaders(deps, leased)) },
      body: leased.payload,
      redirect: "manual",
      signal: AbortSignal.timeout(SEND_LIMIT_MS),
    });
    await response.body?.cancel();
    return attemptOf(response.status, response.headers.get("Retry-After"));
  } catch (error) {
    return failure(String(error).slice(0, MAX_ERROR));
  }
}

function failure(error: string): Attempt {
  return { responseStatus: null, error, retryAfterMs: 0 };
}

/** The secret before the present one signs too, so that a receiver may change its own at leisure. */
async function signedHeaders(deps: Deps, { endpointId, secretNo, eventId, payload }: Leased): Promise<Record<string, string>> {
  const atMs = deps.nowMs();
  const numbers = secretNo > 1 ? [secretNo, secretNo - 1] : [secretNo];
  const secrets = await Promise.all(numbers.map((each) => deps.webhookSecretOf(endpointId, each)));
  return {
    "webhook-id": eventId,
    "webhook-timestamp": String(Math.floor(atMs / 1_000)),
    "webhook-signature": signatureOf(secrets, { id: eventId, atMs, payload }),
  };
}

import type { Deps } from "../deps.ts";
import { disableGone, type Leased, leaseDue, recordAttempt } from "./delivery-queries.ts";
import { type Attempt, afterAttempt, attemptOf } from "./rules/attempt.ts";
import { readTarget } from "./rules/target.ts";
import { signatureOf } from "./signature.ts";
import { endPending } from "./webhook-queries.ts";

/** The most deliveries that a request sends after its answer, which may include an older backlog; the sweep sends the rest. */
const SENT_AT_ONCE = 20;

/** Limits of one run: it starts no round after this time and tries at most so many deliveries. */
const RUN_MS = 20_000;
const MAX_TRIED = 200;

/** Limits of one round, which takes due deliveries from each endpoint in turn. */
const MAX_ROUND = 20;
const MAX_PER_ENDPOINT = 5;

/** Standard Webhooks recommends 15 to 30 s. */
const SEND_TIMEOUT_MS = 15_000;
/** Cloudflare opens at most six connections at once per request. */
const CONCURRENCY = 6;
/** Longer than a round can take: four deliveries one after the other on each connection, and their records. */
const LEASE_MS = 120_000;

const MAX_ERROR = 200;

/**
 * Sends due deliveries to webhook endpoints, at least once: after a crash between sending and recording, the delivery is sent again
 * with the same `webhook-id`. An endpoint that fails is skipped until the next run, so that it does not delay the others.
 * @param limit the most deliveries to try  @returns how many were tried
 */
export async function deliverDue(deps: Deps, limit = MAX_TRIED): Promise<number> {
  const untilMs = deps.nowMs() + RUN_MS;
  const failing = new Set<string>();
  let [tried, delivered] = [0, 0];
  do {
    const bounds = { perEndpoint: MAX_PER_ENDPOINT, leaseMs: LEASE_MS, failing: [...failing] };
    const { leased } = await deps.db.batch("lease deliveries", {
      leased: leaseDue({ ...bounds, limit: Math.min(MAX_ROUND, limit - tried) }, deps.nowMs()),
    });
    if (leased.length === 0) break;
    const inTime = leased.filter(({ status }) => status === "pending");
    await concurrently(inTime, async (each) => {
      if (await deliver(deps, each)) delivered += 1;
      else failing.add(each.endpointId);
    });
    tried += leased.length;
  } while (tried < limit && deps.nowMs() < untilMs);
  if (tried > 0) deps.log("webhooks", { tried, delivered });
  return tried;
}

/** Work for after an answer. It is one function for every write, so that a request of many writes can tell that it is the same work. */
export function deliverSome(background: Deps): Promise<number> {
  return deliverDue(background, SENT_AT_ONCE);
}

async function concurrently<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const next = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, next));
}

async function deliver(deps: Deps, leased: Leased): Promise<boolean> {
  const attempt = await send(deps, leased);
  const verdict = afterAttempt(attempt, leased, deps.nowMs(), Math.random());
  const { endpointId } = leased;
  const disabling = verdict.isGone ? [disableGone(leased, deps.nowMs()), endPending(endpointId)] : [];
  // An unrecorded attempt is sent again when the lease has ended.
  const logUnrecorded = (error: unknown) =>
    deps.log("webhook_unrecorded", { delivery_id: leased.deliveryId, error: String(error) });
  await deps.db.batch("record attempt", { recorded: recordAttempt(leased, attempt, verdict), disabling }).catch(logUnrecorded);
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
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
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

/** Signs with the previous secret too, so that a receiver can switch after a rotation. */
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

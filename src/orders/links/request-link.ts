import type { Deps } from "../../deps.ts";
import { deliverSome } from "../../events/deliver-due.ts";
import { normalEmail } from "../../rules/email.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { writeOnce } from "../../writes/write-once.ts";
import { findHistory } from "../lifecycle/history-queries.ts";
import { payloadOf } from "../lifecycle/webhook-queries.ts";
import { findRecord } from "../queries.ts";
import { insertLinkRequest, tellLinkRequest } from "./queries.ts";

/** Who asks for a link to an order. */
export interface LinkRequest {
  orderId: string;
  /** Normalised. */
  email: string;
}

/**
 * Records that the customer of an order asks for a link to it, and tells webhooks, where the address is the order's. Otherwise it does the same
 * work, and nothing is written: neither the answer nor its cost reveals which orders there are, or whose they are.
 * @throws Refusal of the challenge; `unresolved`; `idempotency_key_reused`
 */
export async function requestLink(deps: Deps, keyed: Keyed | undefined, request: LinkRequest): Promise<Written<null>> {
  let isHeard = false;
  const written = await writeOnce(deps, keyed, async () => {
    await deps.challenge?.(keyed?.id);
    const { asked, queries } = await planRequest(deps, request);
    isHeard = asked.email !== null;
    return { queries, changes: [], answer: null, status: 200 };
  });
  // After the answer, which therefore does not show it.
  if (isHeard) deps.defer(deliverSome);
  return written;
}

/** Neither the order nor the hour is decided here, but by the statements. */
async function planRequest(deps: Deps, { orderId, email }: LinkRequest) {
  const { record, history } = await deps.db.batch("show order", { record: findRecord(orderId), history: findHistory(orderId) });
  const { order } = record;
  const stored = order?.customerEmail ?? null;
  // Releases before 0.4.0 stored addresses as they were typed.
  const isOwn = stored !== null && normalEmail(stored.trim()) === email;
  const actor = deps.by.isAudited ? deps.by.actor : "guest";
  const asked = { orderId, email: isOwn ? stored : null, actor, atMs: deps.nowMs() };
  const payload = order && payloadOf({}, { order, ...history }, deps.config.currencyDecimals);
  return { asked, queries: [insertLinkRequest(asked), tellLinkRequest(asked, payload)] };
}

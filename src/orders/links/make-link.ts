import type { Deps } from "../../deps.ts";
import { linkTo } from "../../rules/order-link.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import type { Plan } from "../../writes/write-once.ts";
import { noOrder } from "../lifecycle/show-order.ts";
import { findShown, insertLinkMade, LINK_GUARD } from "./queries.ts";

const DAY_MS = 24 * 3_600_000;

export interface NewLink {
  orderId: string;
  days: number;
}

interface OrderLink {
  token: string;
  expiresAtMs: number;
  /** Null where the shop has no template of links. */
  url: string | null;
}

/**
 * Makes a link to an order. Its token is stored nowhere, kept answers included: a repeat with the key signs the same one again.
 * @throws Refusal `not_found`, also for an order that was deleted; `unresolved`; `idempotency_key_reused`
 */
export async function makeLink(deps: Deps, keyed: Keyed | undefined, link: NewLink): Promise<Written<OrderLink>> {
  const { orderId } = link;
  const written = await writeGuarded(deps, keyed, LINK_GUARD, () => planLink(deps, link));
  const { expiresAtMs } = written.answer;
  const token = await deps.linkTokenOf(orderId, expiresAtMs);
  const { orderLinkUrl } = deps.config;
  const url = orderLinkUrl === undefined ? null : linkTo(orderLinkUrl, { orderId, token });
  return { ...written, answer: { token, expiresAtMs, url } };
}

async function planLink(deps: Deps, { orderId, days }: NewLink): Promise<Plan<{ expiresAtMs: number }>> {
  const { shown } = await deps.db.batch("find order", { shown: findShown(orderId) });
  if (!shown) throw noOrder();
  const nowMs = deps.nowMs();
  // Tokens count in whole seconds.
  const expiresAtMs = Math.floor((nowMs + days * DAY_MS) / 1_000) * 1_000;
  const change = { action: "order.link", recordType: "order", recordId: orderId };
  return {
    queries: [insertLinkMade(orderId, deps.by.actor, nowMs)],
    changes: [{ ...change, after: { expiresAt: new Date(expiresAtMs).toISOString() } }],
    answer: { expiresAtMs },
    status: 201,
  };
}

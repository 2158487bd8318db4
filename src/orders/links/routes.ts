import { keyedRequest } from "../../http/idempotency.ts";
import { limitLinkRequests } from "../../http/rate-limit.ts";
import { createRouter } from "../../http/router.ts";
import { challengeGuests } from "../../http/turnstile.ts";
import * as contract from "./contract.ts";
import { makeLink } from "./make-link.ts";
import { requestLink } from "./request-link.ts";

/** Ways back to an order for customers who have lost its token. */
export const linkRoutes = createRouter();

linkRoutes.post("/:order_id/request-link", limitLinkRequests, challengeGuests);

linkRoutes.openapi(contract.makeLink, async (c) => {
  const { order_id: orderId } = c.req.valid("param");
  const { expires_in_days: days = contract.DAYS } = c.req.valid("json");
  const keyed = await keyedRequest(c, { days });
  const { answer, replayed } = await makeLink(c.var.deps, keyed, { orderId, days });
  if (replayed) c.header("Idempotency-Replayed", "true");
  const { token, url, expiresAtMs } = answer;
  return c.json({ order_id: orderId, order_token: token, expires_at: new Date(expiresAtMs).toISOString(), url }, 201);
});

linkRoutes.openapi(contract.requestLink, async (c) => {
  const { order_id: orderId } = c.req.valid("param");
  const { email } = c.req.valid("json");
  const keyed = await keyedRequest(c, { email });
  const { replayed } = await requestLink(c.var.deps, keyed, { orderId, email });
  if (replayed) c.header("Idempotency-Replayed", "true");
  return c.json({ status: "accepted" } as const, 202);
});

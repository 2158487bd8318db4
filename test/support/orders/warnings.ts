import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import { expireDue } from "../../../src/orders/placement/expiry.ts";
import { rowsOf } from "../payments/payments.ts";
import { bodyOf, placed } from "./http.ts";
import { stocked } from "./orders.ts";

export const HOUR_MS = 3_600_000;
export const EXPIRY_HOURS = 60;
export const WARNING = "order_expires_soon";

/** The clock has to be fake. */
export function passHours(hours: number): void {
  vi.setSystemTime(Date.now() + hours * HOUR_MS);
}

/** Runs the sweep's step, by default of a shop whose orders expire after 60 hours. */
export async function sweepDue(hours = EXPIRY_HOURS): Promise<void> {
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  await expireDue({ ...deps, log: () => {}, config: { ...deps.config, orderExpiryMs: hours * HOUR_MS } });
}

/** Places a cash order of one unit. */
export async function cashOrder(more: Record<string, unknown> = {}): Promise<string> {
  return (await placed(bodyOf([await stocked(3)], more))).order_id;
}

/** All alerts about an order, and whether they are open. */
export async function warningsOf(orderId: string): Promise<boolean[]> {
  const rows = await rowsOf<{ closed: number | null }>(
    "SELECT closed_at_ms AS closed FROM alerts WHERE subject = ? AND kind = ? ORDER BY opened_at_ms",
    orderId,
    WARNING,
  );
  return rows.map(({ closed }) => closed === null);
}

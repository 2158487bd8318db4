import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { KEY_ACTIONS } from "../../src/rules/rights.ts";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { createApp } from "../../src/app.ts";
import { bindDeps } from "../../src/bind.ts";
import { identify } from "../../src/accounts/identify.ts";
import type { Deps } from "../../src/deps.ts";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { inStock } from "../support/orders/http.ts";
import { stopTime } from "../support/stock/stock.ts";
import { installWriteCounters } from "./checks/writes.ts";
import { openShop } from "../support/shop/warehouses.ts";

const ADMIN_TOKEN = "test-admin-token-0123456789";
const PLENTY = 900_000;

/** The shop's Stripe account. */
export const STRIPE = {
  apiUrl: "https://api.stripe.test",
  secretKey: "sk_test_hostile_0123456789",
  webhookSecret: "whsec_hostile_secret_0123456789",
};

/** Who sends a request. `key` is an API key with every right that a key can have, `empty key` one without rights. */
export const CALLERS = ["guest", "customer", "staff", "admin", "key", "empty key"] as const;
export type Caller = (typeof CALLERS)[number];

/** A shop to attack, with its own D1 and objects. */
export interface Shop {
  /** Sends a request as the platform would, and waits for its deferred work. */
  fetch: (request: Request) => Promise<Response>;
  tokens: Readonly<Record<Caller, string | undefined>>;
  customer: { userId: string; email: string };
  /** A product with more units in each warehouse than a test can buy. */
  rice: string;
  /** The lines that the Worker and the objects wrote to the console. */
  logged: string[];
}

/** Opens the shop. The clock is stopped, so that no alarm writes while writes are counted. */
export async function openAttackedShop(): Promise<Shop> {
  stopTime();
  const logged: string[] = [];
  for (const method of ["log", "error", "warn", "info", "debug"] as const)
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => void logged.push(words.map(String).join(" ")));
  await openShop();
  const customer = await userOf("customer");
  const tokens = {
    guest: undefined,
    customer: customer.token,
    staff: (await userOf("staff")).token,
    admin: ADMIN_TOKEN,
    key: (await keyOf([...KEY_ACTIONS])).key,
    "empty key": (await keyOf([])).key,
  };
  await installWriteCounters();
  const rice = await inStock({ BLR: PLENTY, MUM: PLENTY });
  const { userId, email } = customer;
  return { fetch: attackedApp(), tokens, customer: { userId, email }, rice, logged };
}

/** The API with its request log on, and a Stripe that accepts every payment. */
function attackedApp(): Shop["fetch"] {
  const send: Deps["send"] = async (url, init) => {
    const orderId = String(new URLSearchParams(await new Request(url, init).text()).get("metadata[order_id]"));
    return Response.json({ id: `pi_${orderId}`, client_secret: `secret of ${orderId}`, status: "succeeded" });
  };
  const app = createApp((bound, ctx) => {
    const { deps: real, meter } = bindDeps(bound, ctx);
    const change = (each: Deps): Deps => {
      const config = { ...each.config, stripe: STRIPE, requestLog: true };
      // Deferred work must use the simulated Stripe too.
      const defer: Deps["defer"] = (work) => each.defer((later) => work(change(later)));
      const deps: Deps = { ...each, config, send, defer, identify: (token) => identify(deps, token) };
      return deps;
    };
    return { deps: change(real), meter };
  });
  return async (request) => {
    const ctx = createExecutionContext();
    const response = await app.fetch(request, env, ctx);
    const bytes = await response.arrayBuffer();
    await waitOnExecutionContext(ctx);
    const isEmpty = bytes.byteLength === 0;
    return new Response(isEmpty ? null : bytes, { status: response.status, headers: response.headers });
  };
}

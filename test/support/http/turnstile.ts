import type { Config } from "../../../src/config.ts";
import type { Deps } from "../../../src/deps.ts";
import { newId } from "../shop/shop.ts";
import { type Ask, appWith } from "./app.ts";

const SECRET = "1x0000000000000000000000000000000AA";

export const TURNSTILE: Config["turnstile"] = { apiUrl: "https://turnstile.test", secretKey: SECRET };

/**
 * A stand-in for Turnstile's siteverify: each token of its widget passes once, and again under the idempotency key under which it passed.
 * @param answer replaces its answers, such as in an outage
 */
export function siteverify(answer?: () => Response | Promise<Response>) {
  const passedUnder = new Map<string, string | null>();
  const tokens = new Set<string>();
  const requests: { url: string; form: Record<string, string>; signal: unknown }[] = [];
  const send: Deps["send"] = async (url, init) => {
    const form = new URLSearchParams(await new Request(url, init).text());
    requests.push({ url, form: Object.fromEntries(form), signal: init.signal });
    if (answer) return answer();
    const [token, once] = [form.get("response") ?? "", form.get("idempotency_key")];
    const fails = (code: string) => Response.json({ success: false, "error-codes": [code] });
    if (form.get("secret") !== SECRET) return fails("invalid-input-secret");
    if (!tokens.has(token)) return fails("invalid-input-response");
    const isRepeat = passedUnder.has(token);
    if (isRepeat && (once === null || passedUnder.get(token) !== once)) return fails("timeout-or-duplicate");
    passedUnder.set(token, once);
    return Response.json({ success: true, "error-codes": [], hostname: "shop.test" });
  };
  /** A token as the widget makes it. */
  const solved = () => {
    const token = newId("0.token");
    tokens.add(token);
    return token;
  };
  return { send, requests, solved, forget: (token: string) => tokens.delete(token) };
}

/** The API of a shop that uses Turnstile. */
export function shopWithTurnstile(answer?: Parameters<typeof siteverify>[0], deps: Partial<Deps> = {}) {
  const double = siteverify(answer);
  const ask: Ask = appWith({ turnstile: TURNSTILE }, { send: double.send, ...deps });
  const post = (path: string, body: unknown, { token, key, bearer }: { token?: string; key?: string; bearer?: string } = {}) => {
    const headers = new Headers({ "Content-Type": "application/json" });
    if (token !== undefined) headers.set("CF-Turnstile-Response", token);
    if (key !== undefined) headers.set("Idempotency-Key", key);
    if (bearer !== undefined) headers.set("Authorization", `Bearer ${bearer}`);
    return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  };
  return { ...double, post };
}

import { env } from "cloudflare:workers";
import { PASSWORD } from "../../support/accounts/accounts.ts";
import { STRIPE } from "../shop.ts";

const { ADMIN_TOKEN, ID_SECRET, TOKEN_SECRET, JWT_SECRET } = env;

/** Secrets that no answer and no log may contain. */
const SECRETS: readonly string[] = [
  ...[ADMIN_TOKEN, ID_SECRET, TOKEN_SECRET, JWT_SECRET, STRIPE.secretKey, STRIPE.webhookSecret].filter(
    (secret) => secret !== undefined,
  ),
  PASSWORD,
  "another horse battery",
];

/** Internals: never in a problem or a log. */
const INTERNALS: readonly (readonly [string, RegExp])[] = [
  ["SQL", /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.{1,2000}\b(?:FROM|VALUES|SET|WHERE)\b/is],
  ["a query", /Failed query|\bparams:|D1_ERROR|D1_TYPE_ERROR|SQLITE_/i],
  ["a stack", /\n\s*at |\bat \w+ \(|:\d+:\d+\)/],
  ["a file", /node_modules|\/src\/|\.ts\b|file:\/\//],
  ["a JavaScript error", /TypeError|RangeError|SyntaxError|undefined is not|is not a function|Cannot read/],
  ["a password hash", /pbkdf2/i],
];

/** Personal data and credentials. Only an answer to their owner may contain them, never a problem or a log. */
const PERSONAL: readonly (readonly [string, RegExp])[] = [
  ["an e-mail", /@example\.com/],
  ["a telephone number", /98450/],
  ["an access token", /\beyJ[\w-]+\.[\w-]+\.[\w-]+/],
  ["a key", /hfk_[0-9A-Z]{10}/],
  ["a webhook's secret", /whsec_/],
  ["a payment's secret", /secret of ORD/],
];

/** What a text contains that it must not. @param to the answer to an authorised request, a problem, or a line of the log */
export function findLeaks(text: string, to: "answer" | "problem" | "log"): string[] {
  const secrets = SECRETS.filter((secret) => text.includes(secret)).map((secret) => `the secret ${secret.slice(0, 8)}…`);
  const others = [...(to === "answer" ? [] : INTERNALS), ...(to === "answer" ? [] : PERSONAL)];
  return [...secrets, ...others.filter(([, pattern]) => pattern.test(text)).map(([name]) => name)];
}

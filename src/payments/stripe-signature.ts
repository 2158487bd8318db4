/** How far the time of a signature may be from ours, either way. */
const TOLERANCE_S = 300;
/** More than Stripe sends, even while a secret is changed. */
const MAX_SIGNATURES = 10;

const encoder = new TextEncoder();

/**
 * Whether Stripe made a message: HMAC-SHA-256 over its time and its very bytes. One of several signatures `v1` is enough, and other
 * schemes count for nothing. Compares in constant time.
 * @param header `Stripe-Signature`, such as `t=1700000000,v1=5257a8…`
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export async function isSignedByStripe(secret: string, header: string, body: Uint8Array, nowMs: number): Promise<boolean> {
  const parts = header.split(",").map((part) => /^\s*(\w+)=([^\s]*)\s*$/.exec(part)?.slice(1) ?? []);
  const [at, ...others] = parts.flatMap(([name, value]) => (name === "t" && value !== undefined ? [value] : []));
  if (at === undefined || others.length > 0 || !/^\d{1,12}$/.test(at)) return false;
  if (Math.abs(Math.floor(nowMs / 1_000) - Number(at)) > TOLERANCE_S) return false;
  const signatures = parts.flatMap(([name, value = ""]) =>
    name === "v1" && /^[0-9a-f]{64}$/.test(value) ? [bytesOf(value)] : [],
  );
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const signed = join(encoder.encode(`${at}.`), body);
  const checks = signatures.slice(0, MAX_SIGNATURES).map((signature) => crypto.subtle.verify("HMAC", key, signature, signed));
  return (await Promise.all(checks)).includes(true);
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

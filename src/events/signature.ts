import { Webhook } from "standardwebhooks";

/**
 * Signs a message as Standard Webhooks specifies, once with each secret.
 * @returns the value of the header `webhook-signature`
 */
export function signatureOf(secrets: readonly string[], message: { id: string; atMs: number; payload: string }): string {
  const at = new Date(message.atMs);
  return secrets.map((secret) => new Webhook(secret).sign(message.id, at, message.payload)).join(" ");
}

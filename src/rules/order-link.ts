const ORDER = "{order_id}";
const TOKEN = "{order_token}";

/**
 * Whether a text can make links to orders: an https address with the token behind its `#`, which browsers send to no server, so that no log
 * has it. For development this machine is reached by http, too.
 * @returns what is wrong with it
 */
export function linkFault(template: string): string | undefined {
  const [address = "", fragment = ""] = splitAt(template, "#");
  if (!fragment.includes(TOKEN) || address.includes(TOKEN)) return `must have ${TOKEN} behind a #, and only there`;
  if (!template.includes(ORDER)) return `must have ${ORDER}`;
  if (/[{}]/.test(template.replaceAll(ORDER, "").replaceAll(TOKEN, ""))) return `may have no braces but ${ORDER} and ${TOKEN}`;
  return isAddress(address.replaceAll(ORDER, "ORD")) ? undefined : "must be an address that begins with https://";
}

/** The link to an order. */
export function linkTo(template: string, { orderId, token }: { orderId: string; token: string }): string {
  return template.replaceAll(ORDER, encodeURIComponent(orderId)).replaceAll(TOKEN, encodeURIComponent(token));
}

function splitAt(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function isAddress(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isHere = hostname === "localhost" || hostname === "127.0.0.1";
  return (protocol === "https:" || (protocol === "http:" && isHere)) && username === "" && password === "";
}

const MAX_URL = 2_048;
/** An empty port is the scheme's own. */
const PORTS = new Set(["", "8443"]);

/**
 * A full domain name: at least two labels, the last beginning with a letter, no trailing dot. It excludes IP addresses, because the URL
 * parser turns every spelling (decimal, octal, hexadecimal, IPv4 in IPv6) into dotted numbers or brackets.
 */
const NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Names that no public server has.
 * Source: IANA special-use domain names; ICANN's `.internal` and undelegated names; names that home routers use
 */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|local|internal|intranet|private|corp|home|lan|localdomain|svc|mail|invalid|test|onion|alt|arpa)$/;

const LOCAL_HOST = /^(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Decides whether events may be sent to a URL. The name is not resolved, because its address could change before the connection; a
 * Worker's `fetch` reaches only the public internet.
 * @param isLocalAllowed allows this machine as a target, also by http and at any port: for development
 * @returns the normalised URL, or what is wrong with it
 */
export function readTarget(text: string, isLocalAllowed: boolean): { url: string } | { fault: string } {
  if (text.length > MAX_URL || !URL.canParse(text)) return { fault: `must be a URL of at most ${MAX_URL} characters` };
  const target = new URL(text);
  const fault = isLocalAllowed && isLocal(target) ? undefined : faultOf(target);
  return fault === undefined ? { url: target.href } : { fault };
}

function isLocal({ protocol, hostname, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && LOCAL_HOST.test(hostname) && username === "" && password === "";
}

function faultOf({ protocol, hostname, port, username, password, href }: URL): string | undefined {
  if (protocol !== "https:") return "must begin with https://";
  if (username !== "" || password !== "") return "must not have a user name or password";
  if (!NAME.test(hostname)) return "must name its host by a full domain name, not by an IP address or a bare name";
  if (PRIVATE_NAME.test(hostname)) return "must not be a private or local name";
  if (!PORTS.has(port)) return "must use port 443 or 8443";
  return href.length > MAX_URL ? `must be a URL of at most ${MAX_URL} characters` : undefined;
}

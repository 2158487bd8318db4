/** What releases before 0.4.0 took, as zod 4 has it. Those are normalised as they were, so that accounts and keys stay what they are. */
const FORMER = /^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/;

/** The dot-atom of RFC 5322, 3.2.3, with the letters beyond ASCII of RFC 6531. Quoted parts and comments are left out, as browsers do. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10FFFF}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10FFFF}-]+)*$/u;

/** A domain before it is in ASCII: letters, digits, marks, hyphens, and the full stops of IDNA. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.。．｡·・-]+$/u;

/** A domain name of at least two labels, the last of which is no number. Source: RFC 1035, 2.3.1; RFC 1123, 2.1 */
const ASCII_DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])$/;

const MAX_LOCAL_BYTES = 64;
const MAX_BYTES = 254;

/**
 * The one spelling of an e-mail address: in lower case and Unicode's NFC, its domain in ASCII (punycode). The case of the part before the
 * @ could matter by RFC 5321; no provider is known by which it does.
 * @returns `undefined` where a text is none
 */
export function normalEmail(text: string): string | undefined {
  if (text.length <= MAX_BYTES && FORMER.test(text)) return text.toLowerCase();
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at).normalize("NFC").toLowerCase();
  const domain = asciiDomain(text.slice(at + 1));
  if (at < 1 || domain === undefined || !local.isWellFormed() || !LOCAL.test(local) || isMisleading(text.slice(0, at)))
    return undefined;
  const email = `${local}@${domain}`;
  return bytesOf(local) <= MAX_LOCAL_BYTES && bytesOf(email) <= MAX_BYTES ? email : undefined;
}

/** Letters of other scripts that look like Latin ones. */
const ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

/** Whether the part before the @ could be taken for another's: by what cannot be seen, by letters that become others, or by mixed scripts (UTS 39). */
function isMisleading(local: string): boolean {
  const changes = (letter: string) => letter > "\u007F" && /[\0-\u007F]/.test(letter.normalize("NFKC").toLowerCase());
  return /[\p{C}\p{Z}]/u.test(local) || Array.from(local).some(changes) || (/[A-Za-z]/.test(local) && ALIKE.test(local));
}

/** By the URL parser, which maps names as IDNA does (UTS 46). */
function asciiDomain(domain: string): string | undefined {
  if (!DOMAIN.test(domain) || !URL.canParse(`http://${domain}/`)) return undefined;
  const { hostname } = new URL(`http://${domain}/`);
  return ASCII_DOMAIN.test(hostname) ? hostname : undefined;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

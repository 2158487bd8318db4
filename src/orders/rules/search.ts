import { normalEmail } from "../../rules/email.ts";
import { plainText, squeezed } from "../../rules/search-folding.ts";
import { digitsOf } from "../../rules/phone.ts";
import { anyOf, GAP, lengthOf, partsOf, wordsText } from "../../rules/trigrams.ts";
import type { SHOWN_PAYMENT_STATUSES } from "./order.ts";
import type { FULFILLMENT_STATUSES } from "./shipping.ts";
import type { OrderStatus } from "./statuses.ts";

/** Filters of a list of orders. `fromMs` (inclusive) and `beforeMs` (exclusive) bound the time of placement. */
export interface OrderFilter {
  search?: OrderSearch | undefined;
  email?: string | undefined;
  userId?: string | undefined;
  warehouseId?: string | undefined;
  status?: OrderStatus | undefined;
  paymentStatus?: (typeof SHOWN_PAYMENT_STATUSES)[number] | undefined;
  fulfillmentStatus?: (typeof FULFILLMENT_STATUSES)[number] | undefined;
  /** Whether a shelf had fewer units than the order was promised. */
  isShort?: boolean | undefined;
  /** Exactly as it was written. */
  tag?: string | undefined;
  fromMs?: number | undefined;
  beforeMs?: number | undefined;
  includeDeleted: boolean;
  /** Cursor: time of placement and id of the last order of the page before. */
  after?: readonly [number, string] | undefined;
}

/** The least of an order's id or a tracking number, of an e-mail address and of a phone number that finds them. */
const MIN_ID = 4;
const MIN_EMAIL = 3;
const MIN_DIGITS = 6;
/** Two numbers with the same last digits are one phone, however they begin. */
const LAST_DIGITS = 9;
/** The most words that are looked up in the index, the longest ones; the others are compared with what those find. */
const MAX_PIECES = 3;

const WHOLE_ID = /^ORD[0-9A-Z]{20,}$/i;
/** A character that is in no text: it is no letter. */
const NOTHING = '"\uE000\uE000\uE000"';
/** Signs between words are not looked for. */
const WORD = /[\p{L}\p{N}]/u;
const NUMBER = /^\+?[\d\s().\-/]+$/;

/** What a search looks in. */
export interface Searched {
  orderId: string;
  customerName: string;
  customerEmail: string | null;
  customerPhone: string | null;
  /** Of its lines, as they were sold. */
  skus: readonly string[];
  /** Of its shipments. */
  trackingNumbers: readonly string[];
}

/** The same, folded. */
export interface OrderText {
  id: string;
  name: string;
  email: string;
  phone: string;
  skus: readonly string[];
  trackingNumbers: readonly string[];
}

/** Folds what a search looks in. Every field is one line at most, and has no tabs. */
export function orderTextOf(order: Searched): OrderText {
  const phone = plainText(order.customerPhone ?? "");
  const isNumber = NUMBER.test(phone.replace(/;ext=.*/, ""));
  return {
    id: plainText(order.orderId),
    // What is no number is kept as it was typed, such as "call me".
    name: wordsText(plainText(isNumber ? order.customerName : `${order.customerName} ${phone}`)),
    email: plainText(order.customerEmail ?? ""),
    phone: digitsOf(phone),
    skus: [...new Set(order.skus.map(plainText))],
    trackingNumbers: [...new Set(order.trackingNumbers.map((number) => squeezed(plainText(number))))],
  };
}

/** The text that is indexed. All ids begin with `ORD`: without the `O`, a search for a name such as Jordan by `ord` is not one for all orders. */
export function writeOrderText({ id, name, email, phone, skus, trackingNumbers }: OrderText): string {
  const lists = [skus.map((sku) => GAP + sku), trackingNumbers].map((list) => list.join("\t"));
  return [id.replace(/^ord/, "rd"), name, email, GAP + phone, ...lists].join("\n");
}

/** Reads what `writeOrderText` wrote. */
export function readOrderText(orderId: string, text: string): OrderText {
  const [, name = "", email = "", phone = "", skus = "", trackingNumbers = ""] = text.split("\n");
  const listed = (list: string) => (list === "" ? [] : list.split("\t"));
  return {
    id: plainText(orderId),
    name,
    email,
    phone: phone.slice(GAP.length),
    skus: listed(skus).map((sku) => sku.slice(GAP.length)),
    trackingNumbers: listed(trackingNumbers),
  };
}

/** A search: its words, each to be found somewhere, or what the whole of it may be; of a phone number the last digits, and all of them. */
export interface OrderSearch {
  pieces: readonly Piece[];
  lastDigits: string | undefined;
  phone: string | undefined;
  email: string | undefined;
  sku: string;
  trackingNumber: string | undefined;
  exact: ExactMatch | undefined;
}

/** Where a search is a whole id or e-mail address: what orders have in that column. */
export interface ExactMatch {
  column: "order_id" | "customer_email";
  text: string;
}

interface Piece {
  text: string;
  squeezed: string;
  /** Parts of words of a name. */
  parts: readonly string[];
}

/**
 * Reads what was typed to find an order.
 * @param phone the text as phones are stored, if it is one; releases before 0.4.0 stored them as they were typed
 */
export function searchOf(typed: string, phone: string | undefined): OrderSearch {
  const text = plainText(typed);
  const isNumber = NUMBER.test(text);
  const digits = digitsOf(phone ?? (isNumber ? text : "")).replace(/^0+/, "");
  const whole = squeezed(text);
  const email = typed.includes("@") ? normalEmail(typed) : undefined;
  return {
    pieces: [...new Set(text.split(" "))]
      .filter((piece) => WORD.test(piece))
      .map((piece) => ({ text: piece, squeezed: squeezed(piece), parts: partsOf(piece) })),
    lastDigits: digits.length >= MIN_DIGITS ? digits.slice(-LAST_DIGITS) : undefined,
    phone: isNumber ? digitsOf(text) : undefined,
    email: email === undefined ? undefined : plainText(email),
    sku: text,
    trackingNumber: lengthOf(whole) >= MIN_ID ? whole : undefined,
    exact: exactOf(typed, email),
  };
}

function exactOf(typed: string, email: string | undefined): ExactMatch | undefined {
  if (WHOLE_ID.test(typed)) return { column: "order_id", text: typed.toUpperCase() };
  return email === undefined ? undefined : { column: "customer_email", text: email };
}

/** Whether an order is what a search looks for. */
export function isFound({ pieces, lastDigits, phone, email, sku, trackingNumber }: OrderSearch, order: OrderText): boolean {
  if (pieces.length === 0) return false;
  return (
    pieces.every((piece) => hasPiece(order, piece)) ||
    (lastDigits !== undefined && order.phone.includes(lastDigits)) ||
    order.phone === phone ||
    order.email === email ||
    order.skus.some((each) => each.startsWith(sku)) ||
    (trackingNumber !== undefined && order.trackingNumbers.some((each) => each.includes(trackingNumber)))
  );
}

function hasPiece(
  { id, name, email, phone, skus, trackingNumbers }: OrderText,
  { text, squeezed: number, parts }: Piece,
): boolean {
  const length = lengthOf(text);
  return (
    (length >= MIN_ID && id.includes(text)) ||
    (length >= MIN_EMAIL && email.includes(text)) ||
    (/^\d{6,}$/.test(text) && phone.includes(text)) ||
    skus.some((sku) => sku.startsWith(text)) ||
    (lengthOf(number) >= MIN_ID && trackingNumbers.some((each) => each.includes(number))) ||
    (parts.length > 0 && parts.every((part) => name.includes(part)))
  );
}

/** The MATCH expression that finds every order that a search looks for in the index, and perhaps others. */
export function matchExpression({ pieces, lastDigits, phone, email, sku, trackingNumber }: OrderSearch): string {
  const driving = pieces.toSorted((a, b) => lengthOf(b.text) - lengthOf(a.text)).slice(0, MAX_PIECES);
  if (driving.length === 0) return NOTHING;
  const words = driving.map((piece) => anyOf(needlesOf(piece))).join(" AND ");
  const texts = [lastDigits, phone === undefined ? phone : GAP + phone, email];
  if (sku.includes(" ")) texts.push(GAP + sku, trackingNumber);
  const wholes = [...new Set(texts)].flatMap((text) => (text === undefined ? [] : [[text]]));
  return [`(${words})`, ...(wholes.length === 0 ? [] : [anyOf(wholes)])].join(" OR ");
}

/** The texts that an order has which has a word: all of one list of them. */
function needlesOf({ text, squeezed: number, parts }: Piece): string[][] {
  const length = lengthOf(text);
  const isId = text.startsWith("ord") && length >= MIN_ID;
  const itself = length < 3 ? GAP + text : isId ? text.slice(1) : text;
  const others = [lengthOf(number) >= MIN_ID ? [number] : [], [...parts]].filter((needles) => needles.length > 0);
  return [[itself], ...others.filter((needles) => needles.join("") !== text)];
}

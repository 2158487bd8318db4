import { addressLinesOf } from "../../http/address.ts";
import type { AppContext } from "../../http/context.ts";
import { invalidField } from "../../errors.ts";
import { sayVersion } from "../../http/etag.ts";
import { isPhone } from "../../rules/phone.ts";
import { canonicalJson } from "../../rules/encode.ts";
import { normalPhone } from "../customer-phone.ts";
import type { AddressFields, BookAddress } from "../rules/address-book.ts";
import type { NewAddress } from "./change-book.ts";
import type { AddressChangeBody, NewAddressBody } from "./contract.ts";

/** Shows an address as `bookAddressSchema` promises it. */
export function toBookJson({ addressId, label, name, phone, line1, line2, city, region, ...address }: BookAddress) {
  return {
    address_id: addressId,
    label,
    name,
    phone,
    line1,
    line2,
    city,
    region,
    postal_code: address.postalCode,
    country: address.country,
    is_default: address.isDefault,
    created_at: new Date(address.createdAtMs).toISOString(),
    updated_at: new Date(address.updatedAtMs).toISOString(),
  };
}

/** Answers with an address, its version, and whether it is a replay. */
export function shownAddress(c: AppContext, address: BookAddress, replayed = false) {
  if (replayed) c.header("Idempotency-Replayed", "true");
  sayVersion(c, address.updatedAtMs);
  return toBookJson(address);
}

/** The address of a request. @throws Refusal `validation_failed` for a phone that is no number */
export function toNewAddress(c: AppContext, body: NewAddressBody): NewAddress {
  const { label = null, name = null, postal_code: postalCode = null } = body;
  const phone = body.phone === undefined ? null : phoneOf(c, body.phone);
  const { country = c.var.deps.config.country } = body;
  const fields = { label, name, phone, ...addressLinesOf(body), postalCode, country };
  return { fields, isDefault: body.is_default === true };
}

/** What a request changes: its members that are there, null among them. @throws Refusal as `toNewAddress` */
export function toChangedFields(c: AppContext, body: AddressChangeBody): Partial<AddressFields> {
  const fields: { [Name in keyof AddressFields]: AddressFields[Name] | undefined } = {
    label: body.label,
    name: body.name,
    phone: typeof body.phone === "string" ? phoneOf(c, body.phone) : body.phone,
    line1: body.line1,
    line2: body.line2,
    city: body.city,
    region: body.region,
    postalCode: body.postal_code,
    country: body.country,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A book is kept for later orders, so a text that nobody can call is not, where an order would keep it. */
function phoneOf(c: AppContext, text: string): string {
  const phone = normalPhone(text, c.var.deps.config.country) ?? (isPhone(text) ? text : undefined);
  if (phone === undefined) throw invalidField("phone", "must be a phone number");
  return phone;
}

/** What the hash of a keyed request is made of: by an HMAC, so that nobody can find the address by trying addresses. */
export function hashedBody({ var: { deps } }: AppContext, body: object): Promise<string> {
  return deps.deriveId("address", canonicalJson(body));
}

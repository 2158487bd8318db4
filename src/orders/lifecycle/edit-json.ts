import { addressLinesOf } from "../../http/address.ts";
import type { AppContext } from "../../http/context.ts";
import { inOneLine } from "../../rules/address.ts";
import { storedPhone } from "../json.ts";
import type { OrderEdit } from "../rules/edit.ts";
import type { EditBody } from "./edit-contract.ts";
import type { EditRequest } from "./edit-order.ts";

/** What a request changes of an order: its members that are there, null among them. */
export function toEdit(c: AppContext, orderId: string, body: EditBody): EditRequest {
  const { address, deliveryAddress, inAddress } = addressOf(body);
  const edit: { [Name in keyof OrderEdit]: OrderEdit[Name] | undefined } = {
    customerName: body.customer_name,
    customerEmail: body.customer_email,
    customerPhone: typeof body.customer_phone === "string" ? storedPhone(c, body.customer_phone) : body.customer_phone,
    deliveryAddress,
    address,
    postalCode: body.postal_code,
    notes: body.notes,
    staffNote: body.staff_note,
    tags: body.tags && [...new Set(body.tags)],
  };
  const given = Object.entries(edit).filter(([, value]) => value !== undefined);
  return { orderId, edit: Object.fromEntries(given), inAddress };
}

/** The address, whichever form it has: the text that it is, or that its parts make, and the parts. Null removes both. */
function addressOf({
  delivery_address: given,
}: EditBody): Pick<OrderEdit, "address" | "deliveryAddress"> & Pick<EditRequest, "inAddress"> {
  if (given === undefined) return {};
  if (given === null || typeof given === "string") return { deliveryAddress: given, address: null };
  const address = addressLinesOf(given);
  return { deliveryAddress: inOneLine(address), address, inAddress: { postalCode: given.postal_code, country: given.country } };
}

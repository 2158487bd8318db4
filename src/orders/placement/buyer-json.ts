import { invalidField } from "../../errors.ts";
import { addressLinesOf } from "../../http/address.ts";
import { type AppContext, edgeOf } from "../../http/context.ts";
import { sumMinorOf } from "../../http/validate.ts";
import { inOneLine, linesOf } from "../../rules/address.ts";
import type { BuyerBody } from "./contract.ts";
import { storedPhone } from "../json.ts";
import { contradiction } from "../lifecycle/address-refusals.ts";
import { chooseAddress } from "./choose-address.ts";
import { chooseCustomer } from "./choose-customer.ts";
import type { Buyer } from "../rules/order-request.ts";
import { differencesOf, type Place } from "../../warehouses/rules/place.ts";

/** A buyer whose country can be left out, as that of a cart. */
type BuyerOfCart = Omit<Buyer, "country"> & { country: string | undefined };

/**
 * Reads the buyer of a request. `country` is what the request or its address says.
 * @throws Refusal `validation_failed` for an expected total with more decimals than the currency, and for a postal code or a country that
 *   the address contradicts; and as `chooseCustomer` and `chooseAddress`
 */
export async function toBuyer(c: AppContext, body: BuyerBody): Promise<BuyerOfCart> {
  const { caller, deps } = c.var;
  const { expected_total: expected } = body;
  const customer = await chooseCustomer(deps, caller, body.user_id);
  return {
    customerName: body.customer_name,
    customerEmail: body.customer_email ?? null,
    customerPhone: body.customer_phone === undefined ? null : storedPhone(c, body.customer_phone),
    ...(await destinationOf(c, body, customer?.userId ?? caller.userId)),
    deliveryMethod: body.delivery_method,
    paymentMethod: body.payment_method,
    notes: body.notes ?? null,
    promoCode: null,
    policy: undefined,
    userId: customer?.userId ?? null,
    tier: customer?.tier ?? null,
    expectedMinor: expected === undefined ? undefined : sumMinorOf("expected_total", expected, deps.config.currencyDecimals),
    edge: edgeOf(c),
  };
}

type Destination = Pick<BuyerOfCart, "deliveryAddress" | "address" | "postalCode" | "country" | "hasUnknownAddress">;

/** Where an order goes. What an address in parts says is the order's, where the request does not say it itself. */
async function destinationOf(c: AppContext, body: BuyerBody, ownerId: string | undefined): Promise<Destination> {
  const { delivery_address: given, address_id: addressId } = body;
  const said = { postalCode: body.postal_code, country: body.country };
  if (addressId !== undefined) {
    if (given !== undefined) throw invalidField("address_id", "give either an address of the book, or delivery_address");
    const address = await chooseAddress(c.var.deps, ownerId, addressId);
    if (!address) return { deliveryAddress: null, address: null, ...merged(c, said, {}, "address_id"), hasUnknownAddress: true };
    const inAddress = { postalCode: address.postalCode ?? undefined, country: address.country };
    return { ...written(linesOf(address)), ...merged(c, said, inAddress, "address_id") };
  }
  if (given === undefined || typeof given === "string")
    return { deliveryAddress: given ?? null, address: null, ...merged(c, said, {}, "delivery_address") };
  const inAddress = { postalCode: given.postal_code, country: given.country };
  return { ...written(addressLinesOf(given)), ...merged(c, said, inAddress, "delivery_address") };
}

function written(address: ReturnType<typeof addressLinesOf>) {
  return { deliveryAddress: inOneLine(address), address };
}

function merged(c: AppContext, said: Place, inAddress: Partial<Place>, field: "delivery_address" | "address_id") {
  const other = { postalCode: inAddress.postalCode, country: inAddress.country };
  const differing = differencesOf(said, other, c.var.deps.config.country);
  if (differing.length > 0) throw contradiction(differing, field);
  return { postalCode: said.postalCode ?? other.postalCode ?? null, country: said.country ?? other.country };
}

import { keyedRequest } from "../../http/idempotency.ts";
import { createRouter } from "../../http/router.ts";
import { selfIdOf } from "../json.ts";
import { addAddress, changeAddress, removeAddress } from "./change-book.ts";
import * as contract from "./contract.ts";
import { hashedBody, shownAddress, toBookJson, toChangedFields, toNewAddress } from "./json.ts";
import { listAddresses, showAddress } from "./read-addresses.ts";

/** The address book of the caller's own account. */
export const addressRoutes = createRouter()
  .openapi(contract.listAddresses, async (c) => {
    const addresses = await listAddresses(c.var.deps, selfIdOf(c));
    return c.json({ addresses: addresses.map(toBookJson) }, 200);
  })
  .openapi(contract.addAddress, async (c) => {
    const body = c.req.valid("json");
    const userId = selfIdOf(c);
    const keyed = await keyedRequest(c, await hashedBody(c, body));
    const { answer, replayed } = await addAddress(c.var.deps, keyed, userId, toNewAddress(c, body));
    c.header("Location", `/api/v1/users/me/addresses/${answer.addressId}`);
    return c.json(shownAddress(c, answer, replayed), 201);
  })
  .openapi(contract.showAddress, async (c) => {
    const address = await showAddress(c.var.deps, selfIdOf(c), c.req.valid("param").address_id);
    return c.json(shownAddress(c, address), 200);
  })
  .openapi(contract.changeAddress, async (c) => {
    const body = c.req.valid("json");
    const userId = selfIdOf(c);
    const keyed = await keyedRequest(c, await hashedBody(c, body));
    const { address_id: addressId } = c.req.valid("param");
    const change = { addressId, fields: toChangedFields(c, body), isDefault: body.is_default };
    const { answer, replayed } = await changeAddress(c.var.deps, keyed, userId, change);
    return c.json(shownAddress(c, answer, replayed), 200);
  })
  .openapi(contract.deleteAddress, async (c) => {
    const keyed = await keyedRequest(c, null);
    const { replayed } = await removeAddress(c.var.deps, keyed, selfIdOf(c), c.req.valid("param").address_id);
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.body(null, 204);
  });

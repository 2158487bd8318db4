import { describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { add, added, addressBody, change, countsOf, readAddress } from "../../support/accounts/address-book.ts";

describe("an address book", () => {
  it.for([
    ["no line", { city: "Pune" }, ["line1"]],
    ["a blank city", { line1: "1", city: " " }, ["city"]],
    ["a member that it does not have", addressBody({ street: "x" }), ["street"]],
    ["what nobody can call", addressBody({ phone: "call me" }), ["phone"]],
    ["what is no postal code", addressBody({ postal_code: "#" }), ["postal_code"]],
    ["a country that there is not", addressBody({ country: "ZZ" }), ["country"]],
    ["a label of 41 characters", addressBody({ label: "a".repeat(41) }), ["label"]],
    ["a default that is neither", addressBody({ is_default: "yes" }), ["is_default"]],
  ] as const)("refuses an address with %s", async ([, body, fields], { expect }) => {
    const { token, userId } = await userOf();

    const answer = await add(body, { token });

    expect([answer.status, answer.fields]).toEqual([422, fields]);
    expect(await countsOf(userId)).toEqual({ all: 0, defaults: 0 });
  });

  it.for([
    ["without a word", {}, ["body"]],
    ["that would leave no default", { is_default: false }, ["is_default"]],
    ["that removes a line", { line1: null }, ["line1"]],
    ["that removes the country", { country: null }, ["country"]],
    ["to blanks", { line2: " " }, ["line2"]],
    ["to what nobody can call", { phone: "call me" }, ["phone"]],
    ["of a member that it does not have", { label: "Home", state: "KA" }, ["state"]],
  ] as const)("refuses a change %s", async ([, body, fields], { expect }) => {
    const { token } = await userOf();
    const made = await added(token, { line2: "Flat 3" });

    const answer = await change(made.address_id, body, { token });

    expect([answer.status, answer.fields]).toEqual([422, fields]);
    expect((await readAddress(made.address_id, { token })).body).toEqual(made);
  });
});

import { describe, it } from "vitest";
import { differencesOf } from "../../../src/warehouses/rules/place.ts";

const place = (postalCode?: string, country?: string) => ({ postalCode, country });

describe("what a request and its address say of a place", () => {
  it.for([
    ["nothing", place(), place()],
    ["only one of them something", place("560034", "IN"), place()],
    ["the other alone", place(), place("560034", "IN")],
    ["each the half", place("560034"), place(undefined, "IN")],
    ["a code in two spellings", place("560 034"), place("５６００３４")],
    ["a British code with and without its blank", place("SW1A1AA", "GB"), place("sw1a 1aa", "GB")],
    ["a code with its country's sign, which only one of them names", place("F-75008", "FR"), place("75008 Paris")],
  ] as const)("is one where they say %s", ([, said, inAddress], { expect }) => {
    expect(differencesOf(said, inAddress, "IN")).toEqual([]);
  });

  it.for([
    ["two codes", place("560034"), place("560035"), ["postalCode"]],
    ["two countries", place(undefined, "IN"), place(undefined, "FR"), ["country"]],
    ["both", place("560034", "IN"), place("75008", "FR"), ["postalCode", "country"]],
  ] as const)("is two where they say %s", ([, said, inAddress, differing], { expect }) => {
    expect(differencesOf(said, inAddress, "IN")).toEqual(differing);
  });
});

import { beforeAll, describe, it } from "vitest";
import { get, put } from "../support/http/requests.ts";
import { openShop } from "../support/shop/warehouses.ts";

beforeAll(openShop);

async function options(query: string) {
  type Options = { options: { method: string; requires_address: boolean }[] };
  return (await get(`/api/v1/delivery/options${query}`)).json<Options>();
}

describe("a delivery method that requires an address", () => {
  it("says so, also among the options, until it is told not to", async ({ expect }) => {
    const url = "/api/v1/delivery/methods/in_door";
    const set = async (body: object) => put(url, { name: "in_door", cost: 149, ...body }, { admin: true });
    const before = (await get(url)).headers.get("ETag");

    const demanded = await set({ requires_address: true });
    const kept = await set({ days: 4 });

    expect([await demanded.json(), await kept.json(), await (await get(url)).json()]).toMatchObject([
      { requires_address: true, days: 3 },
      { requires_address: true, days: 4 },
      { requires_address: true, days: 4 },
    ]);
    const { options: shown } = await options("?postal_code=560034");
    expect(shown.map((each) => [each.method, each.requires_address])).toEqual([
      ["self_service", false],
      ["curbside", false],
      ["in_door", true],
    ]);
    expect(demanded.headers.get("ETag")).not.toBe(before);
    const stale = await put(url, { name: "In door", cost: 149 }, { admin: true, headers: { "If-Match": before ?? "" } });
    expect(stale.status).toBe(412);
    const given = await set({ requires_address: false });
    expect([await given.json(), given.headers.get("ETag")]).toMatchObject([{ requires_address: false }, before]);
  });

  it("either requires one or does not", async ({ expect }) => {
    const response = await put(
      "/api/v1/delivery/methods/curbside",
      { name: "Curb", cost: 1, requires_address: "yes" },
      { admin: true },
    );

    expect(await response.json()).toMatchObject({ status: 422, errors: [{ field: "requires_address" }] });
  });
});

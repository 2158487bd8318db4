import { beforeAll, describe, it } from "vitest";
import { type AskOptions, get, patch } from "../support/http/requests.ts";
import { openShop, WAREHOUSES } from "../support/shop/warehouses.ts";

interface Nearest {
  ranked_by: string;
  location: Record<string, unknown>;
  warehouses: { warehouse_id: string; distance_km: number | null; served_prefix: string | null }[];
}

async function nearest(query: string, options: AskOptions = {}): Promise<Nearest & { ids: string[] }> {
  const answer = await (await get(`/api/v1/warehouses/nearest${query}`, options)).json<Nearest>();
  return { ...answer, ids: answer.warehouses.map((each) => each.warehouse_id) };
}

async function refusal(query: string) {
  return (await get(`/api/v1/warehouses/nearest${query}`)).json();
}

describe("the nearest warehouse", () => {
  beforeAll(openShop);

  it.for([
    ["560034", "BLR"],
    ["400050", "MUM"],
    ["110017", "DEL"],
    ["600001", "BLR"],
  ] as const)("to %s is %s", async ([code, id], { expect }) => {
    const { ids, ranked_by, location } = await nearest(`?postal_code=${code}`);

    expect({ first: ids[0], ranked_by }).toEqual({ first: id, ranked_by: "distance" });
    expect(location).toMatchObject({ source: "postal_code", postal_code: code, matched: code });
  });

  it("has its distance in kilometres with one decimal, nearest first", async ({ expect }) => {
    const { warehouses, location } = await nearest("?postal_code=600-001&country=in");

    expect(warehouses.map((each) => [each.warehouse_id, each.distance_km])).toEqual([
      ["BLR", 291.7],
      ["MUM", 1027.4],
      ["DEL", 1756.7],
    ]);
    expect(location).toEqual({
      source: "postal_code",
      postal_code: "600001",
      matched: "600001",
      latitude: 13.0936,
      longitude: 80.2842,
    });
    expect(warehouses[0]).toMatchObject({ country: "IN", postal_code: WAREHOUSES.BLR.postal_code, served_prefix: null });
  });

  it.for([
    ["110010", "DEL", "11001"],
    ["560099", "BLR", "5600"],
  ] as const)("to %s, an unknown code, is found by its prefix", async ([code, id, matched], { expect }) => {
    const { ids, location } = await nearest(`?postal_code=${code}`);

    expect(ids[0]).toBe(id);
    expect(location).toMatchObject({ source: "postal_code_prefix", postal_code: code, matched });
  });

  it("is found by the edge's estimate for an unknown code", async ({ expect }) => {
    const cf = { latitude: "19.07", longitude: "72.88", country: "IN" };

    const { ids, ranked_by, location } = await nearest("?postal_code=990001", { cf });

    expect({ first: ids[0], ranked_by }).toEqual({ first: "MUM", ranked_by: "edge_location" });
    expect(location).toMatchObject({ source: "edge", postal_code: "990001", matched: null, latitude: 19.07 });
  });

  it("is the first in the fixed order if the code is unknown and the edge abroad", async ({ expect }) => {
    const { ids, ranked_by, location, warehouses } = await nearest("", {
      cf: { latitude: "51.5", longitude: "0.1", country: "GB" },
    });

    expect({ ids, ranked_by }).toEqual({ ids: ["BLR", "MUM", "DEL"], ranked_by: "default" });
    expect(location).toEqual({ source: "unknown", postal_code: null, matched: null, latitude: null, longitude: null });
    expect(warehouses.map((each) => each.distance_km)).toEqual([null, null, null]);
  });

  it("is refused for a country that no warehouse ships to", async ({ expect }) => {
    expect(await refusal("?country=FR")).toMatchObject({
      status: 422,
      code: "country_not_served",
      errors: [{ field: "country" }],
    });
  });

  it.for([
    ["a country of three letters", "?country=FRA", "country"],
    ["SQL for a postal code", "?postal_code=1%27%20OR%201%3D1", "postal_code"],
    ["a postal code of 10 KB", `?postal_code=${"1".repeat(10_240)}`, "postal_code"],
  ] as const)("is refused for %s", async ([, query, field], { expect }) => {
    expect(await refusal(query)).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("is the one that serves the postal code, immediately after a change", async ({ expect }) => {
    await patch("/api/v1/warehouses/DEL", { served_postal_codes: ["6000"] }, { admin: true });

    const { ids, ranked_by, warehouses } = await nearest("?postal_code=600001");

    expect({ ids, ranked_by }).toEqual({ ids: ["DEL", "BLR", "MUM"], ranked_by: "served_postal_code" });
    expect(warehouses[0]?.served_prefix).toBe("6000");
  });
});

import { describe, it } from "vitest";
import { type Customer, rankWarehouses, type Warehouse } from "../../../src/warehouses/rules/rank.ts";

const CHENNAI = { latitude: 13.0936, longitude: 80.2842 };

function warehouse(warehouseId: string, more: Partial<Warehouse> = {}): Warehouse {
  const fields = { name: warehouseId, status: "active" as const, country: "IN", postalCode: "1", latitude: 0, longitude: 0 };
  return { warehouseId, position: 1, ...fields, allowsSelfService: false, servedPostalCodes: [], shipsTo: ["IN"], ...more };
}

const BLR = warehouse("BLR", { position: 1, latitude: 12.9716, longitude: 77.5946 });
const MUM = warehouse("MUM", { position: 2, latitude: 18.9388, longitude: 72.8354 });
const DEL = warehouse("DEL", { position: 3, latitude: 28.6328, longitude: 77.2197 });

function rank(list: Warehouse[], customer: Partial<Customer>, selfService = false) {
  const { ranking, rankedBy, location } = rankWarehouses(list, { country: "IN", ...customer }, { selfService });
  return { ids: ranking.map((each) => each.warehouse.warehouseId), rankedBy, location, ranking };
}

describe("the ranking of warehouses", () => {
  const place = { point: CHENNAI, matched: "600001", exact: true };

  it("is by distance if the postal code is known", ({ expect }) => {
    const { ids, rankedBy, location, ranking } = rank([DEL, MUM, BLR], { postalCode: "600001", place });

    expect({ ids, rankedBy }).toEqual({ ids: ["BLR", "MUM", "DEL"], rankedBy: "distance" });
    expect(location).toEqual({ source: "postal_code", postalCode: "600001", matched: "600001", point: CHENNAI });
    expect(ranking[0]?.distanceKm).toBeCloseTo(291.7, 1);
  });

  it("names the known prefix of the postal code", ({ expect }) => {
    const { location } = rank([BLR], { postalCode: "600099", place: { ...place, matched: "6000", exact: false } });

    expect(location).toMatchObject({ source: "postal_code_prefix", postalCode: "600099", matched: "6000" });
  });

  it("puts the longest served prefix before distance, and distance among equals", ({ expect }) => {
    const near = warehouse("NEAR", { ...CHENNAI, warehouseId: "NEAR" });
    const wide = { ...DEL, servedPostalCodes: ["6", "60"] };
    const narrow = { ...MUM, servedPostalCodes: ["7", "600", "60"] };

    const { ids, rankedBy, ranking } = rank([near, BLR, wide, narrow], { postalCode: "600001", place });

    expect({ ids, rankedBy }).toEqual({ ids: ["MUM", "DEL", "NEAR", "BLR"], rankedBy: "served_postal_code" });
    expect(ranking.map((each) => each.servedPrefix)).toEqual(["600", "60", null, null]);
  });

  it("uses a served prefix of a postal code whose location is unknown", ({ expect }) => {
    const { ids, rankedBy, location } = rank([BLR, { ...DEL, servedPostalCodes: ["99"] }], { postalCode: "990001" });

    expect({ ids, rankedBy, source: location.source }).toEqual({
      ids: ["DEL", "BLR"],
      rankedBy: "served_postal_code",
      source: "unknown",
    });
  });

  it("falls back on the edge's estimate, unless it is abroad", ({ expect }) => {
    const atHome = rank([BLR, MUM, DEL], { postalCode: "99", edge: { latitude: 28.5, longitude: 77.1, country: "IN" } });
    const abroad = rank([BLR, MUM, DEL], { postalCode: "99", edge: { latitude: 51.5, longitude: 0.1, country: "GB" } });

    expect(atHome).toMatchObject({ ids: ["DEL", "MUM", "BLR"], rankedBy: "edge_location" });
    expect(atHome.location).toMatchObject({ source: "edge", postalCode: "99", matched: null });
    expect(abroad).toMatchObject({
      ids: ["BLR", "MUM", "DEL"],
      rankedBy: "default",
      location: { source: "unknown", point: null },
    });
    expect(abroad.ranking.every((each) => each.distanceKm === null)).toBe(true);
  });

  it("prefers the postal code to the edge", ({ expect }) => {
    expect(rank([BLR, DEL], { place, edge: { latitude: 28.5, longitude: 77.1, country: "IN" } }).ids).toEqual(["BLR", "DEL"]);
  });

  it("breaks ties by the fixed order, then by id", ({ expect }) => {
    const [b, a, first] = [warehouse("B", { position: 2 }), warehouse("A", { position: 2 }), warehouse("C", { position: 1 })];

    expect(rank([b, a, first], { place }).ids).toEqual(["C", "A", "B"]);
    expect(rank([b, a, first], {}).ids).toEqual(["C", "A", "B"]);
  });

  it("leaves out warehouses that are archived, do not ship there, or do not allow collection", ({ expect }) => {
    const list = [
      { ...BLR, status: "archived" as const },
      { ...MUM, shipsTo: ["US", "IN"], allowsSelfService: true },
      { ...DEL, shipsTo: ["US"] },
      warehouse("CAL", { position: 9 }),
    ];

    expect(rank(list, {}).ids).toEqual(["MUM", "CAL"]);
    expect(rank(list, {}, true).ids).toEqual(["MUM"]);
    expect(rank(list, { country: "US" }).ids).toEqual(["MUM", "DEL"]);
    expect(rank(list, { country: "FR" })).toMatchObject({ ids: [], rankedBy: "default" });
  });
});

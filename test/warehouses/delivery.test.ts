import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { ownId } from "../support/shop/catalog.ts";
import { get, patch, put } from "../support/http/requests.ts";
import { openShop } from "../support/shop/warehouses.ts";

interface Options {
  ranked_by: string;
  location: Record<string, unknown>;
  options: {
    method: string;
    available: boolean;
    estimated_delivery_at: string;
    warehouse: { warehouse_id: string } | null;
  }[];
}

async function options(query: string): Promise<Options> {
  return (await get(`/api/v1/delivery/options${query}`)).json<Options>();
}

function codes(...postalCodes: unknown[]) {
  return { country: "in", postal_codes: postalCodes };
}

async function written(body: unknown) {
  return (await put("/api/v1/postal-codes", body, { admin: true })).json();
}

beforeAll(openShop);

describe("delivery options", () => {
  it("list every method with its cost, time and warehouse", async ({ expect }) => {
    const before = Date.now();

    const answer = await options("?postal_code=110017");

    const shared = { currency: "INR", days: 3, available: true };
    const [near, self] = [
      { warehouse_id: "DEL", name: "Delhi", distance_km: 11.2 },
      { warehouse_id: "MUM", name: "Mumbai", distance_km: expect.any(Number) },
    ];
    expect(answer).toMatchObject({
      country: "IN",
      ranked_by: "distance",
      location: { source: "postal_code", postal_code: "110017" },
    });
    expect(answer.options).toMatchObject([
      { method: "self_service", cost: 0, warehouse: self, ...shared },
      { method: "curbside", cost: 49, warehouse: near, ...shared },
      { method: "in_door", cost: 149, warehouse: near, ...shared },
    ]);
    const days = (Date.parse(answer.options[0]?.estimated_delivery_at ?? "") - before) / 86_400_000;
    expect(days).toBeCloseTo(3, 3);
  });

  it("fall back for an unknown postal code, and name the fallback", async ({ expect }) => {
    const { ranked_by, location } = await options("?postal_code=990001");

    expect({ ranked_by, location }).toMatchObject({
      ranked_by: "default",
      location: { source: "unknown", postal_code: "990001" },
    });
  });

  it("have no self-service if no warehouse that ships there allows it", async ({ expect }) => {
    await patch("/api/v1/warehouses/DEL", { ships_to: ["IN", "NP"] }, { admin: true });

    const answer = await options("?country=NP");

    expect(answer.options.map(({ method, available }) => [method, available])).toEqual([
      ["self_service", false],
      ["curbside", true],
      ["in_door", true],
    ]);
    expect(answer.options[0]?.warehouse).toBeNull();
  });

  it("are refused for a country without a warehouse that ships there", async ({ expect }) => {
    expect(await options("?country=FR")).toMatchObject({ status: 422, code: "country_not_served" });
    expect(await options("?country=F")).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field: "country" }] });
  });
});

describe("delivery methods", () => {
  it("are added and changed by an admin", async ({ expect }) => {
    const url = "/api/v1/delivery/methods/in_door";

    const response = await put(url, { name: "To your room", cost: 199.5, days: 5 }, { admin: true });
    const again = await put(url, { name: "In door", cost: 149 }, { admin: true });

    expect(response.status).toBe(200);
    const said = { method: "in_door", name: "To your room", cost: 199.5, currency: "INR", days: 5, requires_address: false };
    expect(await response.json()).toEqual(said);
    expect(await again.json()).toMatchObject({ cost: 149, days: 3 });
    expect((await put(url, { name: "x", cost: 1 })).status).toBe(401);
    expect(await env.DB.prepare("SELECT cost_minor FROM delivery_methods WHERE method = 'in_door'").first("cost_minor")).toBe(
      14_900,
    );
  });

  it.for([
    ["an unknown method", "drone", { name: "Drone", cost: 1 }, "method"],
    ["three decimals", "curbside", { name: "Curb", cost: 1.001 }, "cost"],
    ["a negative cost", "curbside", { name: "Curb", cost: -1 }, "cost"],
    ["half a day", "curbside", { name: "Curb", cost: 1, days: 0.5 }, "days"],
    ["no name", "curbside", { cost: 1 }, "name"],
  ] as const)("refuse %s", async ([, method, body, field], { expect }) => {
    const response = await put(`/api/v1/delivery/methods/${method}`, body, { admin: true });

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });
});

describe("postal codes", () => {
  it("are written normalised; a known code is changed, a repeated one written once", async ({ expect }) => {
    const british = (...postalCodes: unknown[]) => ({ country: "gb", postal_codes: postalCodes });
    await written(british({ code: "SW1A 1AA", latitude: 51, longitude: 0 }));

    const answer = await written(
      british(
        { code: "sw1a-1aa", latitude: 52, longitude: 1 },
        { code: "SW1A1AA", latitude: 51.501, longitude: -0.142 },
        { code: "sw1b", latitude: 51, longitude: 0 },
      ),
    );

    expect(answer).toEqual({ country: "GB", written: 2, dropped: 0, dropped_codes: [] });
    const { results } = await env.DB.prepare("SELECT code, latitude, longitude FROM postal_codes WHERE code LIKE 'SW%'").all();
    expect(results).toEqual([
      { code: "SW1A1AA", latitude: 51.501, longitude: -0.142 },
      { code: "SW1B", latitude: 51, longitude: 0 },
    ]);
  });

  it("are written up to a thousand at once", async ({ expect }) => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ code: String(700_000 + index), latitude: 22.5, longitude: 88 }));

    expect(await written(codes(...many.slice(1)))).toEqual({ country: "IN", written: 1_000, dropped: 0, dropped_codes: [] });
    expect(await written(codes(...many))).toMatchObject({ status: 422, errors: [{ field: "postal_codes" }] });
  });

  it("with places that cannot be true are dropped and counted, and what was known of them stays", async ({ expect }) => {
    await written(codes({ code: "143402", latitude: 31.55, longitude: 75.3 }));
    const shared = { latitude: 28.4229396, longitude: 76.919742 };

    const answer = await written(
      codes(
        { code: "143 402", ...shared },
        { code: "173032", ...shared },
        { code: "737101", latitude: 46.9, longitude: 103.8 },
        { code: "143401", latitude: 31.6, longitude: 75.2 },
      ),
    );
    const nothing = await written(codes({ code: "737101", latitude: 0, longitude: 0 }));

    const lost = ["143402 shared_point", "173032 shared_point", "737101 outside_country"].map((each) => each.split(" "));
    const dropped = { dropped: 3, dropped_codes: lost.map(([code, reason]) => ({ code, reason })) };
    expect(answer).toEqual({ country: "IN", written: 1, ...dropped });
    expect(nothing).toMatchObject({ written: 0, dropped: 1 });
    expect((await options("?postal_code=143402")).location).toMatchObject({ source: "postal_code", latitude: 31.55 });
  });

  it("are only for admins, and written once for each key", async ({ expect }) => {
    const [body, key] = [codes({ code: "800001", latitude: 25.6, longitude: 85.1 }), ownId("key")];

    expect((await put("/api/v1/postal-codes", body)).status).toBe(401);
    await put("/api/v1/postal-codes", body, { admin: true, key });
    const again = await put("/api/v1/postal-codes", body, { admin: true, key });
    const other = await put("/api/v1/postal-codes", codes({ code: "1", latitude: 25.6, longitude: 85.1 }), { admin: true, key });
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await other.json()).toMatchObject({ status: 422, code: "idempotency_key_reused" });
  });

  it.for([
    ["none", codes(), "postal_codes"],
    ["a place beyond the pole", codes({ code: "1", latitude: 91, longitude: 0 }), "postal_codes[0].latitude"],
    ["SQL for a code", codes({ code: "1'; --", latitude: 1, longitude: 0 }), "postal_codes[0].code"],
    ["no country", { postal_codes: [{ code: "1", latitude: 1, longitude: 0 }] }, "country"],
  ] as const)("refuse %s", async ([, body, field], { expect }) => {
    expect(await written(body)).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });
});

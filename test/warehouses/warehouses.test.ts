import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { ownId } from "../support/shop/catalog.ts";
import { get, patch, post } from "../support/http/requests.ts";

const URL = "/api/v1/warehouses";

function body(more: Record<string, unknown> = {}) {
  const place = { country: "in", postal_code: "560 001", latitude: 12.9716, longitude: 77.5946 };
  return { warehouse_id: ownId("WH"), name: "Bengaluru", ...place, ...more };
}

async function created(more: Record<string, unknown> = {}): Promise<string> {
  const wanted = body(more);
  const response = await post(URL, wanted, { admin: true });
  if (response.status !== 201) throw new Error(await response.text());
  return wanted.warehouse_id;
}

async function listed(): Promise<Record<string, unknown>[]> {
  return (await (await get(URL)).json<{ warehouses: Record<string, unknown>[] }>()).warehouses;
}

async function change(warehouseId: string, changes: unknown) {
  const response = await patch(`${URL}/${warehouseId}`, changes, { admin: true });
  return { http: response.status, ...(await response.json<Record<string, unknown>>()) };
}

describe("warehouses", () => {
  it("are created with defaults, normalised, and listed for guests", async ({ expect }) => {
    const wanted = body();

    const response = await post(URL, wanted, { admin: true });

    const shown = {
      ...wanted,
      status: "active",
      country: "IN",
      postal_code: "560001",
      allows_self_service: false,
      served_postal_codes: [],
      ships_to: ["IN"],
    };
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual(shown);
    expect(await listed()).toContainEqual(shown);
  });

  it("are listed in the order of their creation, without archived ones", async ({ expect }) => {
    const ids = [await created({ warehouse_id: ownId("z") }), await created({ warehouse_id: ownId("a") }), await created()];
    await change(ids[1] ?? "", { status: "archived" });

    const order = (await listed()).map(({ warehouse_id: id }) => id).filter((id) => ids.includes(String(id)));

    expect(order).toEqual([ids[0], ids[2]]);
  });

  it("are changed in the given fields only", async ({ expect }) => {
    const id = await created();
    const changes = { allows_self_service: true, served_postal_codes: ["56", "57 0"], ships_to: ["in", "LK"], name: "South" };

    const answer = await change(id, changes);

    const after = { ...changes, served_postal_codes: ["56", "570"], ships_to: ["IN", "LK"], latitude: 12.9716 };
    expect(answer).toMatchObject({ http: 200, ...after });
    expect((await listed()).find((each) => each.warehouse_id === id)).toMatchObject(after);
  });

  it("are created and changed only by admins", async ({ expect }) => {
    const id = await created();

    expect((await post(URL, body())).status).toBe(401);
    expect((await patch(`${URL}/${id}`, { name: "Mine" })).status).toBe(401);
    expect((await listed()).find((each) => each.warehouse_id === id)).toMatchObject({ name: "Bengaluru" });
  });

  it("have unique ids, and one answer for each key", async ({ expect }) => {
    const [wanted, key] = [body(), ownId("key")];

    const first = await post(URL, wanted, { admin: true, key });
    const again = await post(URL, wanted, { admin: true, key });
    const other = await post(URL, wanted, { admin: true });

    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, 201, "true"]);
    expect(await other.json()).toMatchObject({ status: 409, code: "already_exists", errors: [{ field: "warehouse_id" }] });
  });

  it("get an id made of their name, unique also for those that are created at once, which `Location` says", async ({
    expect,
  }) => {
    const name = ownId("Pune South");
    const unnamed = () => post(URL, { ...body({ name }), warehouse_id: undefined }, { admin: true });

    const answers = [await unnamed(), ...(await Promise.all([unnamed(), unnamed(), unnamed()]))];

    const ids = await Promise.all(answers.map(async (each) => (await each.json<{ warehouse_id: string }>()).warehouse_id));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(ids[0]).toBe(name.replaceAll(" ", "-"));
    expect(new Set(ids).size).toBe(4);
    expect(answers.map(({ headers }) => headers.get("Location"))).toEqual(ids.map((id) => `${URL}/${id}`));
  });

  it("are changed once for one key", async ({ expect }) => {
    const [id, key] = [await created(), ownId("key")];

    await patch(`${URL}/${id}`, { name: "First" }, { admin: true, key });
    await change(id, { name: "Second" });
    const again = await patch(`${URL}/${id}`, { name: "First" }, { admin: true, key });

    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await listed()).find((each) => each.warehouse_id === id)).toMatchObject({ name: "Second" });
  });

  it("are 404 if they do not exist", async ({ expect }) => {
    expect(await change("nothing", { name: "x" })).toMatchObject({ http: 404, code: "not_found" });
    expect(await change("x".repeat(10_240), { name: "x" })).toMatchObject({ http: 422, errors: [{ field: "warehouse_id" }] });
  });

  it.for([
    ["no name", { name: undefined }, "name"],
    ["a latitude beyond the pole", { latitude: 90.01 }, "latitude"],
    ["a longitude that is text", { longitude: "77" }, "longitude"],
    ["a country of three letters", { country: "IND" }, "country"],
    ["a postal code with a quote", { postal_code: "560'001" }, "postal_code"],
    ["nowhere to ship to", { ships_to: [] }, "ships_to"],
    ["a prefix that is none", { served_postal_codes: ["56", ""] }, "served_postal_codes[1]"],
    ["self-service that is not yes or no", { allows_self_service: 1 }, "allows_self_service"],
    ["an id of 10 KB", { warehouse_id: "x".repeat(10_240) }, "warehouse_id"],
  ] as const)("refuse %s", async ([, more, field], { expect }) => {
    const response = await post(URL, body(more), { admin: true });

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("refuse an empty change, malformed JSON and another content type", async ({ expect }) => {
    const id = await created();

    expect(await change(id, {})).toMatchObject({ http: 422, code: "validation_failed" });
    expect(await change(id, "{")).toMatchObject({ http: 400, code: "malformed_json" });
    const typed = await post(URL, JSON.stringify(body()), { admin: true, headers: { "Content-Type": "text/plain" } });
    expect(await typed.json()).toMatchObject({ status: 415, code: "unsupported_media_type" });
  });

  it("store SQL and script text as text", async ({ expect }) => {
    const name = `'); DROP TABLE warehouses; -- <script>alert("x")</script>`;
    const id = await created({ name });

    expect((await listed()).find((each) => each.warehouse_id === id)).toMatchObject({ name });
    expect(await change(id, { name: `${name}!` })).toMatchObject({ http: 200, name: `${name}!` });
  });

  it("are limited to 200", async ({ expect }) => {
    const insert = `INSERT INTO warehouses SELECT 'many-' || value, value, 'Many', 'archived', 'IN', '1', 0, 0, 0, '[]', '["IN"]', 0
      FROM json_each(?) WHERE value + (SELECT count(*) FROM warehouses) <= 200`;
    await env.DB.prepare(insert)
      .bind(JSON.stringify(Array.from({ length: 200 }, (_, index) => index + 1)))
      .run();

    const response = await post(URL, body(), { admin: true });

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field: "warehouse_id" }] });
    expect(await env.DB.prepare("SELECT count(*) AS count FROM warehouses").first("count")).toBe(200);
  });
});

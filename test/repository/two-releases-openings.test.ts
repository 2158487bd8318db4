import { afterAll, beforeAll, describe, it } from "vitest";
import { SECRETS } from "../deployed/server.ts";
import { checkShop } from "../upgrade/check-shop.ts";
import { recover } from "../upgrade/controls.ts";
import { levelIn, move, ordered } from "../upgrade/mixed-orders.ts";
import { FORMER, type MixedShop, openMixedShop } from "../upgrade/two-releases.ts";

const START_MS = 120_000;
const UNITS = 7;

let shop: MixedShop;

beforeAll(async () => {
  shop = await openMixedShop(["BLR"]);
}, START_MS);

afterAll(() => shop?.stop());

/** Imports products with opening stock, at today's release. */
async function importStock(ids: readonly string[]): Promise<void> {
  const lines = ids.map((id) => `${id},Tee,${id},5,${UNITS}`);
  const body = ["Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty", ...lines].join("\n");
  const sent = { method: "POST", path: "/api/v1/products/import", body, type: "text/csv", token: SECRETS.ADMIN_TOKEN } as const;
  const { status, body: answer } = await shop.send(sent);
  if (status !== 200) throw new Error(JSON.stringify(answer));
}

const owed = async () =>
  (await shop.controls().queryD1("SELECT product_id FROM opening_stock WHERE found_on_hand IS NULL")).length;

describe.for(FORMER)("opening stock that today's release owes, beside %s", (former) => {
  const name = (what: string) => `${what}-${former.replaceAll(".", "-")}`;

  it("waits for an object of the other release, whose Workers' cron leaves it, and is then received once", async ({ expect }) => {
    const tee = name("tee");
    await shop.pin(tee, former);
    await importStock([tee]);

    for (const release of ["current", former]) await shop.controls().call("runCron", { release });
    const meanwhile = [await owed(), await shop.controls().query(tee, "SELECT count(*) AS n FROM levels")];
    await shop.pin(tee, "current");
    await recover(shop.controls(), [tee]);

    expect(meanwhile).toEqual([1, [{ n: 0 }]]);
    expect(await levelIn(shop, tee, "BLR")).toEqual({ on_hand: UNITS, reserved: 0, allocated: 0 });
    expect(await owed()).toBe(0);
    expect(await checkShop(shop.controls(), [tee])).toEqual([]);
  });

  it("keeps nothing of the other release waiting: its cron carries out a cancellation behind many of them", async ({
    expect,
  }) => {
    const rice = await shop.stocked(10);
    const many = Array.from({ length: 60 }, (_, number) => `${name("many")}-${number}`);
    for (const id of many) await shop.pin(id, former);
    await importStock(many);
    const order = await ordered(shop, rice, "cod", former);

    await shop.asAdmin("POST", `/orders/${order.order_id}/cancel`, {}, former);
    await shop.controls().call("runCron", { release: former });

    // What is left of it is for today's release, which ends the hold of an object that does not allocate.
    const pending = await shop.controls().queryD1("SELECT kind FROM stock_actions WHERE kind <> 'cancel'");
    expect(pending).toEqual([]);
    expect(await owed()).toBe(many.length);
    for (const id of many) await shop.pin(id, "current");
    await recover(shop.controls(), []);
    expect(await owed()).toBe(0);
  });

  it("is kept out by what the other release receives first", async ({ expect }) => {
    const tee = name("first");
    await shop.pin(tee, former);
    await importStock([tee]);
    const moved = { quantity: 3, movement_type: "in", reason: "Delivery", warehouse_id: "BLR" };
    await shop.asAdmin("PUT", `/inventory/products/${tee}/stock`, moved, former);
    const order = await ordered(shop, tee, "cod", former);
    await move(shop, order, "PROCESSING", former);

    await shop.pin(tee, "current");
    await recover(shop.controls(), [tee]);

    expect(await levelIn(shop, tee, "BLR")).toMatchObject({ on_hand: expect.any(Number) as number });
    const received = await shop.controls().query(tee, "SELECT sum(delta_on_hand) AS units FROM movements WHERE kind = 'receive'");
    expect(received).toEqual([{ units: 3 }]);
    expect(
      await shop.controls().queryD1(`SELECT found_on_hand IS NOT NULL AS is_kept FROM opening_stock WHERE product_id = '${tee}'`),
    ).toEqual([{ is_kept: 1 }]);
  });
});

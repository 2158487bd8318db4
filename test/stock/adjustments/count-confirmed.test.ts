import { beforeAll, describe, it } from "vitest";
import { audit } from "../../support/stock/audits.ts";
import { get, post } from "../../support/http/requests.ts";
import { inStock } from "../../support/orders/http.ts";
import { demoWarehouses, flush } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

const ADMIN = { admin: true } as const;

describe("a count that confirms what is on hand", () => {
  it("is a movement of 0 units in the list and the audit log, and no difference in the audit", async ({ expect }) => {
    const productId = await inStock(8);
    const body = { product_id: productId, warehouse_id: "BLR", counted: 8, expected_on_hand: 8 };

    const counted = await post("/api/v1/inventory/counts", body, ADMIN);
    await flush(productId);
    const listed = await (await get(`/api/v1/inventory/products/${productId}/movements`, ADMIN)).json<{ movements: object[] }>();
    const logged = await get(`/api/v1/audit-log?record_type=product&record_id=${productId}&action=stock.count`, ADMIN);

    expect(counted.status).toBe(200);
    expect(listed.movements[0]).toMatchObject({ kind: "count", delta: 0, previous_stock: 8, new_stock: 8 });
    expect((await logged.json<{ entries: object[] }>()).entries).toMatchObject([{ actor: "admin", after: { on_hand: 8 } }]);
    expect((await audit()).body.differences).toEqual([]);
  });
});

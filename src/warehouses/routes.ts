import { edgeOf } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { createRouter } from "../http/router.ts";
import { changeWarehouse } from "./change-warehouse.ts";
import * as contract from "./contract.ts";
import { createWarehouse, type NewWarehouse } from "./create-warehouse.ts";
import { listWarehouses, nearestWarehouses, showWarehouse } from "./list-warehouses.ts";
import { compactPostalCode, normalisePrefix } from "./rules/postal-code.ts";
import type { WarehouseFields } from "./rules/rank.ts";
import { toRankingJson, toWarehouseJson } from "./warehouse-json.ts";

export const warehouseRoutes = createRouter()
  .openapi(contract.listWarehouses, async (c) => {
    const warehouses = await listWarehouses(c.var.deps, c.req.valid("query").status);
    return c.json({ warehouses: warehouses.map(toWarehouseJson) }, 200);
  })
  .openapi(contract.nearestWarehouses, async (c) => {
    const { postal_code: postalCode, country = c.var.deps.config.country } = c.req.valid("query");
    const ranking = await nearestWarehouses(c.var.deps, { country, postalCode, edge: edgeOf(c) });
    return c.json(toRankingJson(ranking), 200);
  })
  .openapi(contract.showWarehouse, async (c) => {
    const warehouse = await showWarehouse(c.var.deps, c.req.valid("param").warehouse_id);
    sayVersion(c, warehouse.revision);
    return c.json(toWarehouseJson(warehouse), 200);
  })
  .openapi(contract.createWarehouse, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { answer, replayed } = await createWarehouse(c.var.deps, keyed, toNewWarehouse(body));
    if (replayed) c.header("Idempotency-Replayed", "true");
    c.header("Location", `/api/v1/warehouses/${encodeURIComponent(answer.warehouseId)}`);
    if (!replayed) sayVersion(c, 0);
    return c.json(toWarehouseJson(answer), 201);
  })
  .openapi(contract.changeWarehouse, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { warehouse_id: warehouseId } = c.req.valid("param");
    const { answer, replayed } = await changeWarehouse(c.var.deps, keyed, warehouseId, givenFields(body));
    if (replayed) c.header("Idempotency-Replayed", "true");
    else sayVersion(c, answer.revision);
    return c.json(toWarehouseJson(answer), 200);
  });

function toNewWarehouse({ name, latitude, longitude, country, ...body }: contract.NewWarehouseBody): NewWarehouse {
  return {
    warehouseId: body.warehouse_id,
    name,
    status: body.status ?? "active",
    country,
    postalCode: compactPostalCode(body.postal_code),
    latitude,
    longitude,
    allowsSelfService: body.allows_self_service ?? false,
    servedPostalCodes: (body.served_postal_codes ?? []).map(normalisePrefix),
    shipsTo: body.ships_to ?? [country],
  };
}

function givenFields(body: contract.WarehouseChangeBody): Partial<WarehouseFields> {
  const fields = {
    name: body.name,
    status: body.status,
    country: body.country,
    postalCode: body.postal_code && compactPostalCode(body.postal_code),
    latitude: body.latitude,
    longitude: body.longitude,
    allowsSelfService: body.allows_self_service,
    servedPostalCodes: body.served_postal_codes?.map(normalisePrefix),
    shipsTo: body.ships_to,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

import type { Deps } from "../../../src/deps.ts";
import { changeWarehouse } from "../../../src/warehouses/change-warehouse.ts";
import { get, patch, post } from "../http/requests.ts";
import { outcomeOf } from "../orders/orders.ts";
import { newId } from "./shop.ts";

const ADMIN = { admin: true };
const PLACE = { name: "Kolkata", country: "IN", postal_code: "700001", latitude: 22.57, longitude: 88.36 };

/** A new warehouse, without units. */
export async function opened(): Promise<string> {
  const warehouseId = newId("WH");
  const response = await post("/api/v1/warehouses", { warehouse_id: warehouseId, ...PLACE }, ADMIN);
  if (response.status !== 201) throw new Error(await response.text());
  return warehouseId;
}

/** Archives or activates over HTTP. */
export async function setStatus(warehouseId: string, status: string, key?: string) {
  const response = await patch(`/api/v1/warehouses/${warehouseId}`, { status }, { ...ADMIN, ...(key && { key }) });
  return { http: response.status, ...(await response.json<Record<string, unknown>>()) };
}

export async function statusOf(warehouseId: string): Promise<unknown> {
  return (await (await get(`/api/v1/warehouses/${warehouseId}`)).json<{ status: string }>()).status;
}

/** Archives as the route would, with the given deps. */
export const archiveBy = (deps: Deps, warehouseId: string, key?: string) =>
  outcomeOf(
    changeWarehouse(deps, key === undefined ? undefined : { id: key, requestHash: "" }, warehouseId, { status: "archived" }),
  );

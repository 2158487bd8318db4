import { post, put } from "../http/requests.ts";

/** The demo shop's three warehouses. */
export const WAREHOUSES = {
  BLR: { name: "Bengaluru", postal_code: "560001", latitude: 12.9716, longitude: 77.5946, allows_self_service: true },
  MUM: { name: "Mumbai", postal_code: "400001", latitude: 18.9388, longitude: 72.8354, allows_self_service: true },
  DEL: { name: "Delhi", postal_code: "110001", latitude: 28.6328, longitude: 77.2197 },
};

/** Postal codes of India, each near one of the warehouses. */
const POSTAL_CODES = [
  { code: "560034", latitude: 12.9258, longitude: 77.6229 },
  { code: "400050", latitude: 19.0544, longitude: 72.8295 },
  { code: "110017", latitude: 28.5319, longitude: 77.2151 },
  { code: "600001", latitude: 13.0936, longitude: 80.2842 },
];

/** Writes the demo shop's warehouses, postal codes and delivery methods over HTTP. */
export async function openShop(): Promise<void> {
  const responses = [];
  for (const [warehouse_id, warehouse] of Object.entries(WAREHOUSES)) {
    responses.push(await post("/api/v1/warehouses", { warehouse_id, country: "IN", ...warehouse }, { admin: true }));
  }
  responses.push(await put("/api/v1/postal-codes", { country: "IN", postal_codes: POSTAL_CODES }, { admin: true }));
  for (const [method, cost] of Object.entries({ self_service: 0, curbside: 49, in_door: 149 })) {
    responses.push(await put(`/api/v1/delivery/methods/${method}`, { name: method, cost }, { admin: true }));
  }
  for (const response of responses) if (!response.ok) throw new Error(`The shop did not open: ${await response.text()}`);
}

import { put } from "../http/requests.ts";
import { sqlInD1 } from "../stock/stock.ts";

/** Has a delivery method require an address. @returns what ends it */
export async function requireAddresses(method: string): Promise<() => Promise<void>> {
  const [terms] = await sqlInD1<{ name: string; cost: number; days: number }>(
    "SELECT name, cost_minor / 100.0 AS cost, days FROM delivery_methods WHERE method = ?",
    method,
  );
  const set = async (requires_address: boolean) => {
    const response = await put(`/api/v1/delivery/methods/${method}`, { ...terms, requires_address }, { admin: true });
    if (!response.ok) throw new Error(await response.text());
  };
  await set(true);
  return () => set(false);
}

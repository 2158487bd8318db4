import { openConnection } from "./connection.ts";
import { FLOODED, PRODUCTS, productIdOf } from "./workloads.ts";
import { DELIVERY_METHODS, WAREHOUSES } from "../scripts/demo-shop.js";
import { SECRETS } from "../test/deployed/server.ts";

/** Units of each product: more than any run sells. */
const UNITS = 1_000_000;

/** Fills an empty Holdfast with warehouses, delivery methods, and products with enough units. @throws Error when a request is refused */
export async function fillShop(url: string): Promise<void> {
  const connection = openConnection(new URL(url));
  const send = async (method: "POST" | "PUT", path: string, body: unknown) => {
    const answer = await connection.send({ method, path, body, token: SECRETS.ADMIN_TOKEN });
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
  };
  for (const warehouse of WAREHOUSES) await send("POST", "/api/v1/warehouses", warehouse);
  for (const { method, ...terms } of DELIVERY_METHODS) await send("PUT", `/api/v1/delivery/methods/${method}`, terms);
  for (const productId of [...Array.from({ length: PRODUCTS }, (_, index) => productIdOf(index)), FLOODED]) {
    await send("POST", "/api/v1/inventory/products", {
      product_id: productId,
      name: `Product ${productId}`,
      price: 100,
      current_stock: UNITS,
      warehouse_id: "BLR",
    });
  }
  connection.close();
}

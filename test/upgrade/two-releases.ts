import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { currentBundle } from "../deployed/bundle.ts";
import { SECRETS, type Server, startServer } from "../deployed/server.ts";
import { sendRequest, type ApiAnswer, type ApiRequest } from "./client.ts";
import { type Controls, controlsOf } from "./controls.ts";

/** Releases that may serve beside the current one. Their bundles were built from their commits by `wrangler deploy --dry-run --minify` and compressed with Brotli. */
export const FORMER = ["0.2.0", "0.3.0"] as const;
export type Former = (typeof FORMER)[number];
export type Release = "current" | Former;

/** Decompresses the bundle of a former release into a folder. @returns its path */
export function unpackRelease(version: Former, folder: string): string {
  const script = join(folder, `${version}.js`);
  writeFileSync(script, brotliDecompressSync(readFileSync(join(import.meta.dirname, "fixture", version, "worker.js.br"))));
  return script;
}

/** A shop that the current release and a former one serve at once. Its state survives its process. */
export interface MixedShop {
  controls: () => Controls;
  /** Sends a request to a release; by default the current one. */
  send: (request: ApiRequest, release?: Release) => Promise<ApiAnswer>;
  /** Sends a request as an admin. @throws Error if the answer is not a success */
  asAdmin: (method: ApiRequest["method"], path: string, body?: unknown, release?: Release) => Promise<ApiAnswer["body"]>;
  /** Creates a product with units in the first warehouse. */
  stock: (productId: string, units: number) => Promise<void>;
  /** Does so with a product of a new id. @returns the id */
  stocked: (units: number) => Promise<string>;
  /** The ids of those products. */
  products: readonly string[];
  /** Resets a product's object and pins it to a release. */
  pin: (productId: string, release: Release) => Promise<void>;
  /** Kills the process with its requests in flight and restarts it. All objects then run the current release. */
  killAndRestart: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a shop with warehouses, no products, and the current migrations applied. */
export async function openMixedShop(warehouseIds: readonly string[]): Promise<MixedShop> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mixed-"));
  const here = import.meta.dirname;
  const former = { "release-0-2.js": unpackRelease("0.2.0", folder), "release-0-3.js": unpackRelease("0.3.0", folder) };
  const script = await currentBundle();
  const start = () =>
    startServer({
      script,
      wrapper: join(here, "mixed-releases.js"),
      modules: { "control.js": join(here, "control.js"), ...former },
      state: join(folder, "state"),
      vars: { RATE_LIMITS: "off", REQUEST_LOG: "off" },
    });
  let server: Server = await start();
  let controls = controlsOf(server);
  const send = (request: ApiRequest, release: Release = "current") => sendRequest(server.url, request, { "X-Release": release });
  const asAdmin: MixedShop["asAdmin"] = async (method, path, body, release) => {
    const request = { method, path: `/api/v1${path}`, token: SECRETS.ADMIN_TOKEN, ...(body === undefined ? {} : { body }) };
    const answer = await send(request, release);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  for (const [index, warehouse_id] of warehouseIds.entries()) {
    const place = { country: "IN", postal_code: "560001", latitude: 12.98 + index, longitude: 77.6 };
    await asAdmin("POST", "/warehouses", { warehouse_id, name: warehouse_id, ...place });
  }
  await asAdmin("PUT", "/delivery/methods/curbside", { name: "To the kerb", cost: 0, days: 3 });
  const products: string[] = [];
  const stock = (productId: string, units: number) => receiveNew(asAdmin, productId, units, warehouseIds[0]);
  return {
    controls: () => controls,
    send,
    asAdmin,
    stock,
    stocked: async (units) => {
      const productId = `product-${products.length}`;
      products.push(productId);
      await stock(productId, units);
      return productId;
    },
    products,
    pin: async (productId, release) => void (await controls.call("pin", { productId, release })),
    killAndRestart: async () => {
      await server.kill();
      server = await start();
      const aheadMs = controls.aheadMs();
      controls = controlsOf(server);
      await controls.advanceClock(aheadMs);
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Creates a product and receives its first units. */
async function receiveNew(
  asAdmin: MixedShop["asAdmin"],
  productId: string,
  quantity: number,
  warehouseId: string | undefined,
): Promise<void> {
  await asAdmin("POST", "/products", { product_id: productId, name: productId, sku: productId, price: 100 });
  const moved = { quantity, movement_type: "in", reason: "Opening", warehouse_id: warehouseId };
  await asAdmin("PUT", `/inventory/products/${productId}/stock`, moved);
}

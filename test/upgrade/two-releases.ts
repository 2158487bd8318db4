import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { buildBundle } from "../deployed/bundle.ts";
import { SECRETS, type Server, startServer } from "../deployed/server.ts";
import { ask, type Answered, type Asked } from "./client.ts";
import { type Controls, controlsOf } from "./controls.ts";

export type Release = "current" | "previous";

/** The release before today's. Its bundle was made of its commit by `wrangler deploy --dry-run --minify`, and packed by brotli. */
const PREVIOUS = "0.2.0";

/** Writes its bundle into a folder. @returns the path */
export function unpackPrevious(folder: string): string {
  const script = join(folder, "previous.js");
  writeFileSync(script, brotliDecompressSync(readFileSync(join(import.meta.dirname, "fixture", PREVIOUS, "worker.js.br"))));
  return script;
}

/** A shop that two releases run at once, on state that outlives its process. */
export interface MixedShop {
  controls: () => Controls;
  /** Asks the Worker of a release, today's if not said. */
  send: (asked: Asked, release?: Release) => Promise<Answered>;
  /** Asks as an admin. @throws Error where the answer is none of success */
  asAdmin: (method: Asked["method"], path: string, body?: unknown, release?: Release) => Promise<Answered["body"]>;
  /** Makes a product with units in the first warehouse. */
  stock: (productId: string, units: number) => Promise<void>;
  /** Has a product's object run by a release, from a new life on. */
  pin: (productId: string, release: Release) => Promise<void>;
  /** Kills it with whatever is in flight, and starts it again; its objects are run by today's release then. */
  killAndRestart: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a shop with warehouses and nothing to sell, today's migrations applied. */
export async function openMixedShop(warehouseIds: readonly string[]): Promise<MixedShop> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mixed-"));
  const here = import.meta.dirname;
  const previous = unpackPrevious(folder);
  const script = await buildBundle(join(folder, "bundle"));
  const start = () =>
    startServer({
      script,
      wrapper: join(here, "mixed.js"),
      modules: { "control.js": join(here, "control.js"), "previous.js": previous },
      state: join(folder, "state"),
      vars: { RATE_LIMITS: "off", REQUEST_LOG: "off" },
    });
  let server: Server = await start();
  let controls = controlsOf(server);
  const send = (asked: Asked, release: Release = "current") => ask(server.url, asked, { "X-Release": release });
  const asAdmin: MixedShop["asAdmin"] = async (method, path, body, release) => {
    const asked = { method, path: `/api/v1${path}`, token: SECRETS.ADMIN_TOKEN, ...(body === undefined ? {} : { body }) };
    const answered = await send(asked, release);
    if (answered.status >= 300) throw new Error(`${path}: ${answered.status} ${JSON.stringify(answered.body)}`);
    return answered.body;
  };
  for (const [index, warehouse_id] of warehouseIds.entries()) {
    const place = { country: "IN", postal_code: "560001", latitude: 12.98 + index, longitude: 77.6 };
    await asAdmin("POST", "/warehouses", { warehouse_id, name: warehouse_id, ...place });
  }
  await asAdmin("PUT", "/delivery/methods/curbside", { name: "To the kerb", cost: 0, days: 3 });
  return {
    controls: () => controls,
    send,
    asAdmin,
    stock: async (productId, units) => {
      await asAdmin("POST", "/products", { product_id: productId, name: productId, sku: productId, price: 100 });
      const moved = { quantity: units, movement_type: "in", reason: "Opening", warehouse_id: warehouseIds[0] };
      await asAdmin("PUT", `/inventory/products/${productId}/stock`, moved);
    },
    pin: async (productId, release) => void (await controls.call("pin", { productId, release })),
    killAndRestart: async () => {
      await server.kill();
      server = await start();
      const aheadMs = controls.aheadMs();
      controls = controlsOf(server);
      await controls.pass(aheadMs);
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

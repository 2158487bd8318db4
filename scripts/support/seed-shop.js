import { DELIVERY_METHODS, PRODUCTS, STOCK, WAREHOUSES } from "../demo-shop.js";
import { pictureOf } from "./demo-pictures.js";
import { indianPostalCodes, uploadPostalCodes } from "./postal-codes.js";
import { count, showWork } from "./progress.js";

const CONFLICT = 409;
const NO_BUCKET = 501;

/** @typedef {import("./api.js").Api} Api */

/**
 * Loads the demo shop. Existing rows stay as they are, and a second run adds no stock.
 * @param {Api} api
 */
export async function seedShop(api) {
  // The slowest first, and warehouses late: a shop without warehouses counts as empty and is loaded again.
  await seedPostalCodes(api);
  const added = await showWork("Demo shop", () => seedCatalogue(api));
  console.log(`Demo shop: ${added} of ${WAREHOUSES.length + PRODUCTS.length} warehouses and products were new`);
}

/** @param {Api} api @returns {Promise<boolean>} whether the shop has no warehouse */
export async function isEmptyShop(api) {
  const { body } = await api.send({ method: "GET", path: "/api/v1/warehouses" });
  return /** @type {{ warehouses: unknown[] }} */ (body).warehouses.length === 0;
}

/** @param {Api} api */
async function seedPostalCodes(api) {
  const { groups, dropped } = indianPostalCodes();
  const sent = await uploadPostalCodes(api, groups);
  const lost = count(dropped + sent.dropped);
  console.log(`Postal codes: ${count(sent.written)} of India loaded, ${lost} with coordinates elsewhere dropped`);
}

/** @param {Api} api */
async function seedCatalogue(api) {
  for (const { method, ...terms } of DELIVERY_METHODS) {
    await api.send({ method: "PUT", path: `/api/v1/delivery/methods/${method}`, body: terms });
  }
  let added = 0;
  for (const product of PRODUCTS) added += await create(api, "/api/v1/products", product);
  for (const { product_id: productId, name } of PRODUCTS) await seedPicture(api, productId, name);
  for (const warehouse of WAREHOUSES) added += await create(api, "/api/v1/warehouses", warehouse);
  for (const { productId, warehouseId, quantity } of STOCK) {
    await api.send({
      method: "PUT",
      path: `/api/v1/inventory/products/${productId}/stock`,
      body: { quantity, movement_type: "in", reason: "Opening stock of the demo shop", warehouse_id: warehouseId },
      key: `seed-${productId}-${warehouseId}`,
    });
  }
  return added;
}

/**
 * Uploads the picture of a product that has none, and a narrower size of it. A shop without a bucket stays without pictures.
 * @param {Api} api @param {string} productId @param {string} name
 */
async function seedPicture(api, productId, name) {
  const picture = pictureOf(productId);
  const path = `/api/v1/products/${productId}`;
  const { body: product } = await api.send({ method: "GET", path });
  if (!picture || /** @type {{ images: unknown[] }} */ (product).images.length > 0) return;
  const sent = { method: "POST", type: "image/png", accept: [NO_BUCKET] };
  const { status, body } = await api.send({
    ...sent,
    path: `${path}/images?alt=${encodeURIComponent(name)}`,
    body: picture.whole,
  });
  if (status === NO_BUCKET) return;
  const { image_id: imageId } = /** @type {{ image_id: string }} */ (body);
  await api.send({ ...sent, path: `${path}/images?size_of=${imageId}`, body: picture.small });
}

/**
 * @param {Api} api @param {string} path @param {unknown} body
 * @returns {Promise<0 | 1>} how many it added: none when it was there already
 */
async function create(api, path, body) {
  const { status } = await api.send({ method: "POST", path, body, accept: [CONFLICT] });
  return status === CONFLICT ? 0 : 1;
}

import { readBytes } from "../../http/body.ts";
import { refusedField, Refusal } from "../../errors.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { createRouter } from "../../http/router.ts";
import * as contract from "./contract.ts";
import { toImageJson } from "../product-json.ts";
import { IMAGE_TYPES, MAX_IMAGE_BYTES } from "../rules/image-bytes.ts";
import { keyOf, readPicture, uploadImage } from "./upload-image.ts";

/** A file never changes. */
const CACHED = "public, max-age=31536000, immutable";
const MEDIA_TYPE = /^[a-z]+\/[\w.+-]+/;

/** Uploads of images; mounted with the products. */
export const imageRoutes = createRouter().openapi(contract.uploadImage, async (c) => {
  const { product_id: productId } = c.req.valid("param");
  const { alt, size_of: sizeOf } = c.req.valid("query");
  const type = MEDIA_TYPE.exec((c.req.header("Content-Type") ?? "").toLowerCase())?.[0] ?? "";
  if (!(type in IMAGE_TYPES) && type !== "application/octet-stream")
    throw refusedField("unsupported_media_type", "Content-Type", `must be ${Object.keys(IMAGE_TYPES).join(", ")}`);
  const bytes = await readBytes(c.req.raw.body, MAX_IMAGE_BYTES);
  const keyed = await keyedRequest(c, { sha256: await sha256Of(bytes), alt, sizeOf });
  const picture = readPicture(bytes);
  const upload = { productId, picture, sha256: await sha256Of(picture.bytes), alt, sizeOf };
  const { answer, replayed } = await uploadImage(c.var.deps, keyed, upload);
  if (replayed) c.header("Idempotency-Replayed", "true");
  const shown = toImageJson(productId, answer.image, new URL(c.req.url).origin);
  c.header("Location", shown.url);
  return c.json(shown, 201);
});

/** The files of images, which storefronts of any origin show. */
export const imageFileRoutes = createRouter().openapi(contract.showImage, async (c) => {
  const { product_id: productId, file } = c.req.valid("param");
  const etag = `"${file.slice(0, 64)}"`;
  const headers = { ETag: etag, "Cache-Control": CACHED, "Content-Security-Policy": "default-src 'none'; sandbox" };
  if (c.req.header("If-None-Match")?.includes(etag)) return c.body(null, 304, headers);
  const found = await c.var.deps.images?.get(keyOf({ productId, file }));
  if (!found) throw new Refusal("not_found", "There is no such image.");
  const type = Object.entries(IMAGE_TYPES).find(([, ending]) => file.endsWith(`.${ending}`))?.[0] ?? "";
  return c.body(found.body, 200, { ...headers, "Content-Type": type, "Content-Length": String(found.size) });
});

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

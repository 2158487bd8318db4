import type { Deps } from "../../deps.ts";
import { invalidField, Refusal } from "../../errors.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import type { Plan } from "../../writes/write-once.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { readProduct } from "../change-product.ts";
import { beginDeletion, endDeletion, findFile, noteUpload } from "./queries.ts";
import { updateProduct } from "../queries.ts";
import { type ImageBytes, readImage, sizeProblem } from "../rules/image-bytes.ts";
import { withoutMetadata } from "../rules/image-metadata.ts";
import { addImage, addSize, fileOf, type ImageFile, MAX_IMAGES, pathOf, type ProductImage } from "../rules/images.ts";

/** How long a file that no image uses is kept: longer than any upload, so that one may take it into use. */
const UNUSED_MS = 86_400_000;
const MAX_DELETED = 100;
const RETRY_AFTER_S = 60;

/** An image as it is stored, without what a camera wrote beside it. */
interface Picture extends ImageBytes {
  bytes: Uint8Array<ArrayBuffer>;
}

/** An uploaded file: a new image, or a smaller size of one. */
export interface Upload {
  productId: string;
  picture: Picture;
  /** Of the picture's bytes. */
  sha256: string;
  alt?: string | null | undefined;
  /** The image that it is a smaller size of. */
  sizeOf?: string | undefined;
}

/**
 * Adds an image to a product. Its file is noted, then put into the bucket, then taken into use, so that one which the last step does not
 * reach is found and deleted. The same bytes again are the same image.
 * @throws Refusal `images_not_configured`, `not_found`, `validation_failed`, `unavailable` while the cron deletes the same file, `unresolved`
 */
export async function uploadImage(
  deps: Deps,
  keyed: Keyed | undefined,
  upload: Upload,
): Promise<Written<{ productId: string; image: ProductImage }>> {
  const { images: store } = deps;
  if (!store)
    throw new Refusal("images_not_configured", "This shop has no bucket for images. Give products https addresses instead.");
  const { picture } = upload;
  const file = fileOf(upload.sha256, picture);
  const noted = { productId: upload.productId, file };
  // A refused upload writes nothing.
  const added = { file, width: picture.width, height: picture.height };
  await plan(deps, upload, added);
  const { found } = await deps.db.batch("note image", { noted: noteUpload(noted, deps.nowMs()), found: findFile(noted) });
  if (!found) throw new Refusal("not_found", `There is no product ${upload.productId}.`);
  if (found.isDeleting === 1) throw new Refusal("unavailable", "The same file is being deleted.", { retryAfterS: RETRY_AFTER_S });
  await store.put(keyOf(noted), picture.bytes, picture.type);
  return writeGuarded(deps, keyed, "products.updated_at_ms", () => plan(deps, upload, added));
}

/**
 * Reads an uploaded file, and removes the place, the time and all else that a camera wrote beside the picture.
 * @throws Refusal `validation_failed` for bytes that are no image of a format that is taken, or damaged, or too many pixels
 */
export function readPicture(bytes: Uint8Array<ArrayBuffer>): Picture {
  const read = readImage(bytes);
  if (!read) throw invalidField("body", "is no JPEG, PNG, WebP or GIF by its bytes");
  const problem = sizeProblem(read);
  if (problem !== undefined) throw invalidField("body", problem);
  const plain = withoutMetadata(bytes, read.type);
  if (!plain) throw invalidField("body", "is damaged or cut off");
  return { ...read, bytes: plain };
}

async function plan(
  deps: Deps,
  { productId, alt, sizeOf }: Upload,
  added: ImageFile,
): Promise<Plan<{ productId: string; image: ProductImage }>> {
  const before = await readProduct(deps, productId);
  const images = sizeOf === undefined ? addImage(before.images, added, alt) : addSize(before.images, sizeOf, added);
  if (typeof images === "string") throw invalidField("size_of", images);
  if (images.length > MAX_IMAGES) throw invalidField("images", `a product has at most ${MAX_IMAGES}`);
  const image = images.find(({ imageId, files }) => imageId === sizeOf || files.some(({ file }) => file === added.file));
  if (!image) throw new Error(`the image ${added.file} of ${productId} is missing`);
  const after = { ...before, images, updatedAtMs: Math.max(deps.nowMs(), before.updatedAtMs + 1) };
  const changes = [{ action: "product.change", recordType: "product", recordId: productId, before, after }];
  return { queries: [updateProduct(before, after)], changes, answer: { productId, image }, status: 201 };
}

/** Deletes files that no image uses any more. A step of the cron; one that fails is repeated. */
export async function deleteUnusedFiles(deps: Deps): Promise<void> {
  const { images: store } = deps;
  if (!store) return;
  const { files } = await deps.db.batch("begin deletion of images", {
    files: beginDeletion(deps.nowMs() - UNUSED_MS, MAX_DELETED),
  });
  if (files.length === 0) return;
  await store.remove(files.map(keyOf));
  await deps.db.batch("end deletion of images", { ended: endDeletion(files) });
}

/** The key of a file in the bucket. */
export function keyOf({ productId, file }: { productId: string; file: string }): string {
  return pathOf(productId, file).slice(1);
}

import type { ImageBytes } from "./image-bytes.ts";
import { IMAGE_TYPES } from "./image-bytes.ts";
import { sumOf } from "./slug.ts";

export const MAX_IMAGES = 50;
const MAX_SIZES = 10;
/** How much the shape of a smaller size may differ from its image's, for the rounding of its sides. */
const SHAPE_TOLERANCE = 0.02;

/** A file of an image in the bucket. */
export interface ImageFile {
  file: string;
  width: number;
  height: number;
}

/** A picture of a product: a file in the bucket with smaller sizes of it, or an address elsewhere. */
export interface ProductImage {
  imageId: string;
  alt: string | null;
  /** The address of an image elsewhere. */
  url: string | null;
  /** The image's own file, and its sizes with less pixels; none of an image elsewhere. */
  files: ImageFile[];
}

/** An image in a request: one that the product has, by its id or its address, or one elsewhere. */
export interface WantedImage {
  imageId?: string | undefined;
  url?: string | undefined;
  /** Absent, it stays as it was. */
  alt?: string | null | undefined;
}

/** The name of a file, by its content. @param sha256 in hexadecimal */
export function fileOf(sha256: string, { type }: ImageBytes): string {
  return `${sha256}.${IMAGE_TYPES[type]}`;
}

/** The path of a file, which is also its key in the bucket after the first slash. */
export function pathOf(productId: string, file: string): string {
  return `/images/${productId}/${file}`;
}

/**
 * The images of a product after a change that lists all of them in their order. Files come only by uploads, so an address of this shop has to
 * be that of an image which the product has.
 */
export function listImages(
  productId: string,
  before: readonly ProductImage[],
  wanted: readonly WantedImage[],
): { images: ProductImage[]; errors: { field: string; message: string }[] } {
  const images: ProductImage[] = [];
  const errors: { field: string; message: string }[] = [];
  for (const [index, { imageId, url, alt }] of wanted.entries()) {
    const kept = before.find((image) => (imageId === undefined ? isAt(productId, image, url ?? "") : image.imageId === imageId));
    const isOwn = url !== undefined && new RegExp(`/images/[^/]+/[0-9a-f]{64}\\.\\w+$`).test(url);
    if (!kept && (imageId !== undefined || isOwn)) {
      errors.push({ field: `images[${index}]`, message: "is no image of this product; upload it" });
    } else if (images.some((image) => image.imageId === (kept?.imageId ?? idOfUrl(url ?? "")))) {
      errors.push({ field: `images[${index}]`, message: "is given twice" });
    } else {
      const image = kept ?? { imageId: idOfUrl(url ?? ""), alt: null, url: url ?? null, files: [] };
      images.push(alt === undefined ? image : { ...image, alt });
    }
  }
  return { images, errors };
}

function isAt(productId: string, image: ProductImage, url: string): boolean {
  if (image.url !== null) return image.url === url;
  return image.files.slice(0, 1).some(({ file }) => url.endsWith(pathOf(productId, file)));
}

/** The variants that are newly to be shown by an image which the product has not. */
export function variantImageErrors(
  images: readonly ProductImage[],
  variants: readonly VariantImage[],
  before: readonly VariantImage[] = [],
): { field: string; message: string }[] {
  return variants.flatMap(({ variantId, imageId }, index) => {
    const isNew = imageId !== null && before.find((variant) => variant.variantId === variantId)?.imageId !== imageId;
    if (!isNew || images.some((image) => image.imageId === imageId)) return [];
    return [{ field: `variants[${index}].image_id`, message: "is no image of this product" }];
  });
}

/** The image of a variant. */
interface VariantImage {
  variantId: string;
  imageId: string | null;
}

/** The id of the image at an address, also of a file of this shop. */
export function fileIdOf(url: string): string {
  return /\/images\/[^/]+\/([0-9a-f]{16})[0-9a-f]{48}\.\w+$/.exec(url)?.[1] ?? idOfUrl(url);
}

/** The address of an image at this shop's path or elsewhere. */
export function addressOf(productId: string, { url, files: [whole] }: ProductImage): string {
  return url ?? pathOf(productId, whole?.file ?? "");
}

/** The id of an image elsewhere. */
function idOfUrl(url: string): string {
  return `url-${sumOf(url)}${sumOf(`${url} `)}`;
}

/** Adds an uploaded file as the product's last image; the same file again changes nothing but a given text. */
export function addImage(before: readonly ProductImage[], added: ImageFile, alt: string | null | undefined): ProductImage[] {
  const imageId = added.file.slice(0, 16);
  const isKnown = before.some((image) => image.imageId === imageId);
  if (!isKnown) return [...before, { imageId, alt: alt ?? null, url: null, files: [added] }];
  return before.map((image) => (image.imageId === imageId && alt !== undefined ? { ...image, alt } : image));
}

/** Adds a file as a smaller size of an image. @returns the images, or why it is none */
export function addSize(before: readonly ProductImage[], imageId: string, added: ImageFile): ProductImage[] | string {
  const image = before.find((each) => each.imageId === imageId);
  const [whole, ...sizes] = image?.files ?? [];
  if (!image || !whole) return "is no uploaded image of this product";
  if (whole.file === added.file || sizes.some(({ file }) => file === added.file)) return [...before];
  if (added.width >= whole.width) return `must be narrower than the image, which is ${whole.width} pixels wide`;
  const shape = (added.width * whole.height) / (added.height * whole.width);
  if (Math.abs(shape - 1) > SHAPE_TOLERANCE) return `must have the shape of the image, ${whole.width} × ${whole.height}`;
  const others = sizes.filter(({ width }) => width !== added.width);
  if (others.length >= MAX_SIZES) return `has ${MAX_SIZES} sizes already, which are the most`;
  const files = [whole, ...[...others, added].toSorted((a, b) => a.width - b.width)];
  return before.map((each) => (each === image ? { ...image, files } : each));
}

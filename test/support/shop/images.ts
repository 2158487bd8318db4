import { post } from "../http/requests.ts";

/** An image as answers show it. */
export interface Image {
  image_id: string;
  url: string;
  alt: string | null;
  width: number | null;
  height: number | null;
  sizes: { url: string; width: number; height: number }[];
}

/** The bytes of a GIF of a size, of one frame without pixels. `tail` tells files of one size apart. */
export function gif(width: number, height: number, tail = ""): Uint8Array<ArrayBuffer> {
  const head = [...new TextEncoder().encode("GIF89a"), width & 255, width >> 8, height & 255, height >> 8, 0, 0, 0];
  return new Uint8Array([...head, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, ...new TextEncoder().encode(tail), 0x3b]);
}

/** A GIF whose bytes are ASCII, so that it is the same as text. */
export const SMALL_GIF = String.fromCharCode(...gif(4, 5));

/** Uploads an image as an admin. */
export function upload(productId: string, bytes: Uint8Array, query = "", options: { key?: string; type?: string } = {}) {
  const { type = "image/gif", ...others } = options;
  const path = `/api/v1/products/${productId}/images${query}`;
  return post(path, bytes, { admin: true, ...others, headers: { "Content-Type": type } });
}

/** Uploads an image, and fails the test where it is refused. */
export async function uploaded(productId: string, bytes: Uint8Array, query = ""): Promise<Image> {
  const response = await upload(productId, bytes, query);
  if (response.status !== 201) throw new Error(`The image was refused: ${await response.text()}`);
  return response.json<Image>();
}

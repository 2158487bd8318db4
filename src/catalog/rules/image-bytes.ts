import { orientationOf } from "./image-metadata.ts";

/** The formats of images that are taken, with the ending of their files. All browsers show them, and none can carry a script. */
export const IMAGE_TYPES = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
} as const;
export type ImageType = keyof typeof IMAGE_TYPES;

export const MAX_IMAGE_BYTES = 5 * 1_024 * 1_024;
/** The most pixels of an image, and of one side: more would take a browser's memory. */
const MAX_PIXELS = 40_000_000;
const MAX_SIDE = 12_000;

/** What the bytes of an image say. */
export interface ImageBytes {
  type: ImageType;
  width: number;
  height: number;
}

/**
 * Reads the format and size of an image from its first bytes, whatever a client says of it. The size is as it is shown: of a JPEG that a camera
 * took on its side, the sides have changed places.
 * @returns `undefined` where they are of no format that is taken, or cut off
 * Source: JPEG T.81 B.2.2, PNG 11.2.1, GIF89a 18, RFC 9649 (WebP)
 */
export function readImage(bytes: Uint8Array): ImageBytes | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READERS.find(({ magic }) => magic.every((byte, index) => byte === undefined || bytes[index] === byte));
  const size = read && bytes.length >= MIN_HEADER ? read.sizeOf(view) : undefined;
  return read && size && size.width > 0 && size.height > 0 ? { type: read.type, ...asShown(size, bytes, read.type) } : undefined;
}

function asShown(size: Size, bytes: Uint8Array, type: ImageType): Size {
  const isTurned = type === "image/jpeg" && orientationOf(bytes) >= 5;
  return isTurned ? { width: size.height, height: size.width } : size;
}

/** Why an image is not taken because of its size, or `undefined`. */
export function sizeProblem({ width, height }: Size): string | undefined {
  if (width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS) return undefined;
  return `is ${width} × ${height} pixels; ${MAX_SIDE} a side and ${MAX_PIXELS / 1e6} million are the most`;
}

interface Size {
  width: number;
  height: number;
}

/** The shortest header of all formats that has a size. */
const MIN_HEADER = 24;

const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

const READERS: { type: ImageType; magic: (number | undefined)[]; sizeOf: (view: DataView) => Size | undefined }[] = [
  { type: "image/jpeg", magic: [0xff, 0xd8, 0xff], sizeOf: sizeOfJpeg },
  {
    type: "image/png",
    magic: [0x89, ...ascii("PNG\r\n\u001a\n"), 0, 0, 0, 13, ...ascii("IHDR")],
    sizeOf: (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  },
  { type: "image/gif", magic: [...ascii("GIF87a")], sizeOf: sizeOfGif },
  { type: "image/gif", magic: [...ascii("GIF89a")], sizeOf: sizeOfGif },
  {
    type: "image/webp",
    magic: [...ascii("RIFF"), undefined, undefined, undefined, undefined, ...ascii("WEBPVP8")],
    sizeOf: sizeOfWebp,
  },
];

function sizeOfGif(view: DataView): Size {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** The segments of a JPEG, each with its length, up to the first that begins a frame. */
function sizeOfJpeg(view: DataView): Size | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // SOF0 to SOF15, without DHT, JPG and DAC, which are among them.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

/** The three kinds of WebP: lossy, lossless, extended. */
function sizeOfWebp(view: DataView): Size | undefined {
  const kind = view.getUint8(15);
  if (view.byteLength < 30) return undefined;
  if (kind === 0x20) return { width: view.getUint16(26, true) & 0x3f_ff, height: view.getUint16(28, true) & 0x3f_ff };
  if (kind === 0x4c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3f_ff) + 1, height: ((bits >>> 14) & 0x3f_ff) + 1 };
  }
  if (kind !== 0x58) return undefined;
  const sideAt = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536 + 1;
  return { width: sideAt(24), height: sideAt(27) };
}

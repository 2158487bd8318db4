const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

/**
 * Removes what cameras and editors write beside a picture: the place, the time, serial numbers, names, thumbnails, further pictures behind the first.
 * What changes how it looks stays: colours, and of a JPEG which way up it is. GIFs, which no camera makes, stay as they are.
 * @param type its media type
 * @returns the same bytes where nothing was to be removed; `undefined` where they are damaged
 * Source: JPEG T.81 B.1, Exif 2.3 4.5, PNG 5.3, RFC 9649 (WebP) 2.3
 */
export function withoutMetadata(bytes: Uint8Array<ArrayBuffer>, type: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = PARTS_OF[type]?.(bytes);
  if (parts === undefined) return type === "image/gif" ? bytes : undefined;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const kept = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    kept.set(part, at);
    at += part.length;
  }
  return kept;
}

const PARTS_OF: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array[] | undefined>> = {
  "image/jpeg": partsOfJpeg,
  "image/png": partsOfPng,
  "image/webp": partsOfWebp,
};

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COMMENT = 0xfe;
const EXIF = [...ascii("Exif"), 0, 0];

/** A segment of a JPEG: the bytes from its marker on, and those after its length. */
interface Segment {
  marker: number;
  whole: Uint8Array;
  data: Uint8Array;
}

function partsOfJpeg(bytes: Uint8Array): Uint8Array[] | undefined {
  const segments = segmentsOf(bytes);
  if (segments === undefined) return undefined;
  const orientation = segments.map(orientationIn).find((each) => each !== undefined) ?? 1;
  const turned = orientation === 1 ? [] : [exifWith(orientation)];
  return [new Uint8Array([0xff, SOI]), ...turned, ...segments.filter(isPicture).map(({ whole }) => whole)];
}

/** Which way up a JPEG is shown, 1 to 8 as in Exif: from 5 on, its sides change places. */
export function orientationOf(bytes: Uint8Array): number {
  return (segmentsOf(bytes) ?? []).map(orientationIn).find((each) => each !== undefined) ?? 1;
}

/** The segments up to the end of the first picture; those of scans with their compressed data. */
function segmentsOf(bytes: Uint8Array): Segment[] | undefined {
  const segments: Segment[] = [];
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = marker === EOI ? 0 : (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    let end = at + 2 + length;
    if (end > bytes.length || (marker !== EOI && length < 2)) return undefined;
    if (marker === SOS) end = endOfScan(bytes, end);
    segments.push({ marker, whole: bytes.subarray(at, end), data: bytes.subarray(at + 4, at + 2 + length) });
    if (marker === EOI) return segments;
    at = end;
  }
  // Cut off within its last scan: browsers show what is there.
  return segments.some(({ marker }) => marker === SOS) ? segments : undefined;
}

/** Where the next marker is: 0xFF in compressed data has a zero after it, or is a restart marker. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

/** Application segments that change how a picture looks: its density, colour profile and colour transform. */
const LOOKS = new Map([
  [0xe0, "JFIF"],
  [0xe2, "ICC_PROFILE"],
  [0xee, "Adobe"],
]);

function isPicture({ marker, data }: Segment): boolean {
  const isApplication = marker >= 0xe0 && marker <= 0xef;
  if (!isApplication) return marker !== COMMENT;
  const name = LOOKS.get(marker);
  return name !== undefined && beginsWith(data, ascii(name));
}

function beginsWith(data: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => data[index] === byte);
}

const ORIENTATION = 0x01_12;

function orientationIn({ marker, data }: Segment): number | undefined {
  if (marker !== 0xe1 || !beginsWith(data, EXIF)) return undefined;
  const tiff = new DataView(data.buffer, data.byteOffset + EXIF.length, data.byteLength - EXIF.length);
  if (tiff.byteLength < 8) return undefined;
  const isLittle = tiff.getUint8(0) === 0x49;
  const first = tiff.getUint32(4, isLittle);
  const count = first + 2 <= tiff.byteLength ? tiff.getUint16(first, isLittle) : 0;
  for (let index = 0, at = first + 2; index < count && at + 12 <= tiff.byteLength; index += 1, at += 12) {
    if (tiff.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = tiff.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** A segment that says the orientation and nothing else. */
function exifWith(orientation: number): Uint8Array {
  const entry = [ORIENTATION >> 8, ORIENTATION & 255, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const data = [...EXIF, ...ascii("MM"), 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0];
  return new Uint8Array([0xff, 0xe1, 0, data.length + 2, ...data]);
}

/** The chunks of a PNG that are its picture, its animation and its colours. */
const PNG_CHUNKS = new Set(
  "IHDR PLTE IDAT IEND acTL fcTL fdAT tRNS bKGD gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT hIST sPLT pHYs".split(" "),
);

function partsOfPng(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    const name = nameAt(bytes, at + 4);
    if (end > bytes.length) break;
    if (PNG_CHUNKS.has(name)) parts.push(bytes.subarray(at, end));
    if (name === "IEND") return parts;
    at = end;
  }
  return undefined;
}

const WEBP_CHUNKS = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
/** The flags of an extended WebP by which it has Exif and XMP. */
const WEBP_METADATA = 0x0c;

function partsOfWebp(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const name = nameAt(bytes, at);
    if (at + 8 + size > bytes.length) return undefined;
    const end = Math.min(bytes.length, at + 8 + size + (size % 2));
    const chunk = bytes.slice(at, end);
    if (name === "VP8X") chunk[8] = (chunk[8] ?? 0) & ~WEBP_METADATA;
    if (WEBP_CHUNKS.has(name)) parts.push(chunk);
    at = end;
  }
  if (parts.length === 0) return undefined;
  const head = bytes.slice(0, 12);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  new DataView(head.buffer).setUint32(4, 4 + length, true);
  return [head, ...parts];
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

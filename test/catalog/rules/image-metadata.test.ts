import { describe, it } from "vitest";
import { type ImageType, readImage } from "../../../src/catalog/rules/image-bytes.ts";
import { orientationOf, withoutMetadata } from "../../../src/catalog/rules/image-metadata.ts";
import { seeded } from "../../support/random.ts";
import { gif } from "../../support/shop/images.ts";

const text = (words: string) => [...new TextEncoder().encode(words)];
const u16 = (value: number) => [value >> 8, value & 255];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 65_535)];
const little = (value: number) => u32(value).toReversed();
const bytesOf = (...parts: number[][]) => new Uint8Array(parts.flat());

const SECRET = "GPS 12.97 N 77.59 E";
const segment = (marker: number, data: number[]) => [0xff, marker, ...u16(data.length + 2), ...data];

/** Exif that says the orientation, in either byte order, and the place. */
function exif(orientation: number, isLittle = false): number[] {
  const order = (bytes: number[]) => (isLittle ? bytes.toReversed() : bytes);
  const entry = [...order(u16(0x01_12)), ...order(u16(3)), ...order(u32(1)), ...order(u16(orientation)), 0, 0];
  const head = [...text(isLittle ? "II" : "MM"), ...order(u16(42)), ...order(u32(8)), ...order(u16(1))];
  return segment(0xe1, [...text("Exif"), 0, 0, ...head, ...entry, 0, 0, 0, 0, ...text(SECRET)]);
}

const JFIF = segment(0xe0, [...text("JFIF"), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
const PROFILE = segment(0xe2, [...text("ICC_PROFILE"), 0, 1, 1, 9, 9]);
const ADOBE = segment(0xee, [...text("Adobe"), 0, 100, 0, 0, 0, 0, 1]);
const FRAME = segment(0xc2, [8, ...u16(480), ...u16(640), 1, 1, 0x11, 0]);
/** Two scans with stuffed bytes and a restart marker among their data. */
const SCANS = [
  ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  1,
  0xff,
  0,
  2,
  0xff,
  0xd3,
  3,
  ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  0xff,
  0,
  4,
];
const EOI = [0xff, 0xd9];
const PICTURE = [FRAME, SCANS, EOI];
const HIDDEN = [
  segment(0xe0, [...text("JFXX"), 0, ...text(SECRET)]),
  segment(0xe1, text(`http://ns.adobe.com/xap/1.0/\u0000${SECRET}`)),
  segment(0xe2, [...text("MPF"), 0, ...text(SECRET)]),
  segment(0xed, text(`Photoshop 3.0\u0000${SECRET}`)),
  segment(0xfe, text(SECRET)),
];
/** A second picture behind the first, as phones write it. */
const BEHIND = [0xff, 0xd8, ...exif(1), ...EOI];

function jpeg(...parts: number[][]) {
  return bytesOf([0xff, 0xd8], ...parts);
}

const chunk = (name: string, data: number[]) => [...u32(data.length), ...text(name), ...data, 0, 0, 0, 0];
const PNG = [0x89, ...text("PNG\r\n\u001a\n")];
const IHDR = chunk("IHDR", [...u32(640), ...u32(480), 8, 2, 0, 0, 0]);
const riff = (...chunks: number[][]) => {
  const body = [...text("WEBP"), ...chunks.flat()];
  return bytesOf(text("RIFF"), little(body.length), body);
};
const webpChunk = (name: string, data: number[]) => [
  ...text(name),
  ...little(data.length),
  ...data,
  ...(data.length % 2 ? [0] : []),
];
const extended = (flags: number) => webpChunk("VP8X", [flags, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0]);

const CASES: [string, ImageType, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>][] = [
  [
    "JPEG",
    "image/jpeg",
    jpeg(JFIF, exif(1), ...HIDDEN, PROFILE, ADOBE, ...PICTURE, BEHIND),
    jpeg(JFIF, PROFILE, ADOBE, ...PICTURE),
  ],
  [
    "PNG",
    "image/png",
    bytesOf(
      PNG,
      IHDR,
      chunk("eXIf", text(SECRET)),
      chunk("iTXt", text(SECRET)),
      chunk("gAMA", [0, 0, 0, 1]),
      chunk("IDAT", [1]),
      chunk("tIME", [7]),
      chunk("IEND", []),
      text(SECRET),
    ),
    bytesOf(PNG, IHDR, chunk("gAMA", [0, 0, 0, 1]), chunk("IDAT", [1]), chunk("IEND", [])),
  ],
  [
    "WebP",
    "image/webp",
    riff(
      extended(0x2c),
      webpChunk("ICCP", [1]),
      webpChunk("VP8 ", [5, 6, 7]),
      webpChunk("EXIF", text(SECRET)),
      webpChunk("XMP ", text(SECRET)),
    ),
    riff(extended(0x20), webpChunk("ICCP", [1]), webpChunk("VP8 ", [5, 6, 7])),
  ],
];

describe("what a camera wrote beside a picture", () => {
  it.for(CASES)(
    "is removed from a %s, and the picture with its colours stays byte by byte",
    ([, type, sent, plain], { expect }) => {
      expect(withoutMetadata(sent, type)).toEqual(plain);
      expect(withoutMetadata(plain, type)).toEqual(plain);
    },
  );

  it.for([2, 3, 5, 6, 8])("leaves which way up a JPEG is: orientation %i", (orientation, { expect }) => {
    for (const isLittle of [true, false]) {
      const plain = withoutMetadata(jpeg(JFIF, exif(orientation, isLittle), ...PICTURE), "image/jpeg") ?? new Uint8Array();

      expect(orientationOf(plain)).toBe(orientation);
      expect(new TextDecoder("latin1").decode(plain)).not.toContain("GPS");
      expect(withoutMetadata(plain, "image/jpeg")).toEqual(plain);
      expect(readImage(plain)).toMatchObject(orientation < 5 ? { width: 640, height: 480 } : { width: 480, height: 640 });
    }
  });

  it("leaves a GIF as it is", ({ expect }) => {
    expect(withoutMetadata(gif(4, 5), "image/gif")).toEqual(gif(4, 5));
  });

  it("takes a JPEG that was cut off in its last scan, as browsers do", ({ expect }) => {
    expect(withoutMetadata(jpeg(exif(1), FRAME, SCANS), "image/jpeg")).toEqual(jpeg(FRAME, SCANS));
  });

  it.for([
    ["a JPEG without a scan", "image/jpeg", jpeg(JFIF, FRAME)],
    ["a JPEG whose segment is longer than the file", "image/jpeg", jpeg([0xff, 0xe1, 0xff, 0xff, 1])],
    ["a PNG without an end", "image/png", bytesOf(PNG, IHDR)],
    ["a PNG with a chunk longer than the file", "image/png", bytesOf(PNG, IHDR, u32(4e9), text("IDAT"))],
    ["a WebP with a chunk longer than the file", "image/webp", riff([...text("VP8 "), ...little(999), 1])],
  ] as const)("is not looked for in %s, which is damaged", ([, type, bytes], { expect }) => {
    expect(withoutMetadata(bytes, type)).toBeUndefined();
  });

  it("is looked for in any bytes without an error", ({ expect }) => {
    const random = seeded(14);
    for (const [, type, sent] of CASES) {
      for (let round = 0; round < 500; round += 1) {
        const bytes = sent.slice(0, 1 + Math.floor(random() * sent.length));
        for (let change = 0; change < 3; change += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        expect(() => withoutMetadata(bytes, type)).not.toThrow();
      }
    }
  });
});

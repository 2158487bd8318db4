import { describe, it } from "vitest";
import { readImage, sizeProblem } from "../../../src/catalog/rules/image-bytes.ts";
import { seeded } from "../../support/random.ts";
import { gif } from "../../support/shop/images.ts";

const text = (words: string) => [...new TextEncoder().encode(words)];
const u16 = (value: number) => [value >> 8, value & 255];
const pad = (bytes: number[], length = 40) => new Uint8Array([...bytes, ...Array.from({ length }, () => 0)]);

const png = (width: number, height: number) =>
  pad([0x89, ...text("PNG\r\n\u001a\n"), 0, 0, 0, 13, ...text("IHDR"), 0, 0, ...u16(width), 0, 0, ...u16(height), 8, 2]);
/** With an APP0 segment, a table that is no frame, and fill bytes before the frame. */
const jpeg = (width: number, height: number, frame = 0xc2) =>
  pad([
    0xff,
    0xd8,
    0xff,
    0xe0,
    0,
    4,
    1,
    2,
    0xff,
    0xc4,
    0,
    5,
    9,
    9,
    9,
    0xff,
    0xff,
    frame,
    0,
    11,
    8,
    ...u16(height),
    ...u16(width),
    3,
  ]);
const webp = (kind: string, body: number[]) => pad([...text("RIFF"), 0, 0, 0, 0, ...text(`WEBP${kind}`), 0, 0, 0, 0, ...body]);

describe("the bytes of an image", () => {
  it.for([
    ["image/png", png(640, 480)],
    ["image/jpeg", jpeg(640, 480)],
    ["image/jpeg", jpeg(640, 480, 0xc0)],
    ["image/gif", gif(640, 480)],
    ["image/webp", webp("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1])],
    ["image/webp", webp("VP8L", [0x2f, 0x7f, 0xc2, 0x77, 0])],
    ["image/webp", webp("VP8X", [0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0])],
  ] as const)("say that it is %s, and its size", ([type, bytes], { expect }) => {
    expect(readImage(bytes)).toEqual({ type, width: 640, height: 480 });
  });

  it.for([
    ["nothing", new Uint8Array()],
    ["SVG", pad(text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'))],
    ["HTML", pad(text("<!doctype html><script>alert(1)</script>"))],
    ["PDF", pad(text("%PDF-1.7"))],
    ["a cut PNG", png(640, 480).slice(0, 20)],
    ["a GIF without pixels", gif(0, 480)],
    ["a JPEG without a frame", pad([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2], 200)],
    ["a WebP of a kind that is unknown", webp("VP8?", [])],
  ] as const)("that are %s are refused", ([, bytes], { expect }) => {
    expect(readImage(bytes)).toBeUndefined();
  });

  it("never fail, whatever follows the first of them", ({ expect }) => {
    const chance = seeded(7);
    const heads = [png(9, 9), jpeg(9, 9), gif(9, 9), webp("VP8X", [])].map((bytes) => [...bytes]);
    let read = 0;
    for (let round = 0; round < 4_000; round += 1) {
      const head = heads[round % heads.length] ?? [];
      const kept = head.slice(0, Math.floor(chance() * head.length));
      const rest = Array.from({ length: Math.floor(chance() * 60) }, () => Math.floor(chance() * 256));
      if (readImage(new Uint8Array([...kept, ...rest]))) read += 1;
    }
    expect(read).toBeGreaterThan(100);
  });

  it("may have many pixels, but not more than a browser can show", ({ expect }) => {
    expect(sizeProblem({ width: 8_000, height: 5_000 })).toBeUndefined();
    expect(sizeProblem({ width: 8_000, height: 5_001 })).toContain("8000 × 5001");
    expect(sizeProblem({ width: 12_001, height: 1 })).toBeDefined();
  });
});

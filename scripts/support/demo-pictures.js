import { crc32, deflateSync } from "node:zlib";

// The pictures of the demo shop, drawn here: plain shapes on a plain ground, so that the shop needs no files.

const SIDE = 480;
const SMALL_SIDE = 240;

/** @typedef {(x: number, y: number) => boolean} Shape of points from -1 to 1, y downwards */
/** @typedef {[shape: Shape, colour: number][]} Drawing its last parts lie on top; colours as 0xrrggbb */

/** @type {(left: number, top: number, right: number, bottom: number) => Shape} */
const box = (left, top, right, bottom) => (x, y) => x >= left && x <= right && y >= top && y <= bottom;
/** @type {(cx: number, cy: number, rx: number, ry: number) => Shape} */
const oval = (cx, cy, rx, ry) => (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;

/** @type {(body: number, label: number) => Drawing} */
const bag = (body, label) => [
  [(x, y) => y >= -0.75 && y <= 0.8 && Math.abs(x) <= 0.5 + 0.08 * Math.cos(y * 4), body],
  [(x, y) => y >= -0.8 && y <= -0.62 && Math.abs(x) <= 0.42, 0xffffff],
  [oval(0, 0.1, 0.36, 0.3), label],
];
/** @type {(body: number, cap: number) => Drawing} */
const bottle = (body, cap) => [
  [box(-0.14, -0.75, 0.14, -0.4), body],
  [(x, y) => y >= -0.45 && y <= 0.85 && Math.abs(x) <= Math.min(0.36, 0.14 + (y + 0.45) * 1.2), body],
  [box(-0.17, -0.9, 0.17, -0.72), cap],
  [box(-0.36, 0.1, 0.36, 0.55), 0xffffff],
];
/** @type {(colour: number, leaf: number) => Drawing} */
const fruits = (colour, leaf) => [
  [oval(-0.36, 0.3, 0.42, 0.4), colour],
  [oval(0.4, 0.34, 0.4, 0.38), colour],
  [oval(0.02, -0.22, 0.42, 0.4), colour],
  [oval(0.02, -0.62, 0.2, 0.07), leaf],
];
/** @type {(wood: number, cloth: number | undefined) => Drawing} */
const bed = (wood, cloth) => [
  [box(-0.85, -0.5, -0.72, 0.6), wood],
  [box(0.72, -0.1, 0.85, 0.6), wood],
  [box(-0.8, 0.2, 0.8, 0.36), wood],
  .../** @type {Drawing} */ (
    cloth === undefined
      ? []
      : [
          [box(-0.72, -0.05, 0.72, 0.2), cloth],
          [oval(-0.5, -0.08, 0.2, 0.12), 0xffffff],
        ]
  ),
];

/** @type {Record<string, { ground: number, drawing: Drawing }>} */
const PICTURES = {
  "prod-001": { ground: 0xf3ead7, drawing: bag(0xb5854b, 0xf7f1e3) },
  "prod-002": { ground: 0xfdf0d0, drawing: bag(0xd99a2b, 0xfff4d6) },
  "prod-003": { ground: 0xe8f1da, drawing: bottle(0xf2c230, 0x3f7d3a) },
  "prod-004": { ground: 0xfbe7c2, drawing: bag(0xe0a012, 0xb5451f) },
  "prod-005": { ground: 0xf3e3ea, drawing: fruits(0xa8486b, 0xd9c39a) },
  "prod-006": { ground: 0xfde3dd, drawing: fruits(0xd8402f, 0x3f7d3a) },
  "prod-007": { ground: 0xf2ebdf, drawing: bag(0xe6d5b0, 0x9c6b30) },
  "prod-008": { ground: 0xe6eef6, drawing: bag(0xfafafa, 0x3d6fb0) },
  "prod-009": { ground: 0xe3edf0, drawing: bag(0xdfe8ee, 0x2c7f92) },
  "prod-010": { ground: 0xe4f0fa, drawing: bottle(0xfdfdfb, 0x2e6db4) },
  "704.894.50": { ground: 0xece7e1, drawing: bed(0x8a5a33, undefined) },
  "604.894.55": {
    ground: 0xe9edf1,
    drawing: [
      [box(-0.8, -0.15, 0.8, 0.3), 0xf8f8f6],
      [box(-0.8, 0.05, 0.8, 0.12), 0xb9c6d2],
    ],
  },
  "493.857.51": { ground: 0xe7ece6, drawing: bed(0x8a5a33, 0x6d8fa6) },
};

/**
 * The picture of a product of the demo shop, and a narrower size of it, as PNG.
 * @param {string} productId @returns {{ whole: Uint8Array, small: Uint8Array } | undefined}
 */
export function pictureOf(productId) {
  const picture = PICTURES[productId];
  return picture && { whole: png(picture, SIDE), small: png(picture, SMALL_SIDE) };
}

/**
 * Draws a picture with a palette: one byte for each pixel.
 * Source: PNG (third edition), 5 and 11.2
 * @param {{ ground: number, drawing: Drawing }} picture @param {number} side
 */
function png({ ground, drawing }, side) {
  const rows = Buffer.alloc(side * (side + 1));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [across, down] = [(2 * (x + 0.5)) / side - 1, (2 * (y + 0.5)) / side - 1];
      rows[y * (side + 1) + 1 + x] = drawing.findLastIndex(([isIn]) => isIn(across, down)) + 1;
    }
  }
  const palette = [ground, ...drawing.map(([, colour]) => colour)].flatMap((colour) => [
    colour >> 16,
    (colour >> 8) & 255,
    colour & 255,
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const parts = [
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette)),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return new Uint8Array(Buffer.concat([Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"), ...parts]));
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

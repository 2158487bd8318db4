import { describe, it } from "vitest";
import { appWith } from "../support/http/app.ts";
import { createdProduct } from "../support/shop/catalog.ts";
import { gif, type Image, upload, uploaded } from "../support/shop/images.ts";
import { get, patch } from "../support/http/requests.ts";

const URL = "/api/v1/products";
const ADMIN = { admin: true };
const OUTSIDE = "https://cdn.example.com/rice.jpg";

async function imagesOf(productId: string): Promise<Image[]> {
  return (await (await get(`${URL}/${productId}`)).json<{ images: Image[] }>()).images;
}

function pathOf(url: string): string {
  return url.replace("http://holdfast.test", "");
}

function change(productId: string, images: unknown): Promise<Response> {
  return patch(`${URL}/${productId}`, { images }, ADMIN);
}

describe("an uploaded image", () => {
  it("is shown with its size and text, in lists too, and served as it was", async ({ expect }) => {
    const productId = await createdProduct({ category: "Pictured" });
    const bytes = gif(30, 20);

    const response = await upload(productId, bytes, "?alt=A%20bag");
    const image = await response.json<Image>();
    const file = await get(pathOf(image.url));

    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe(image.url);
    expect(image).toMatchObject({ alt: "A bag", width: 30, height: 20, sizes: [{ url: image.url, width: 30, height: 20 }] });
    expect(await imagesOf(productId)).toEqual([image]);
    const { products } = await (await get(`${URL}?category=Pictured`)).json<{ products: { image: Image }[] }>();
    expect(products[0]?.image).toEqual(image);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
  });

  it("is cached for good, by its content, and can run no script wherever it is opened", async ({ expect }) => {
    const { url } = await uploaded(await createdProduct(), gif(30, 20));

    const response = await get(pathOf(url));
    await response.body?.cancel();
    const etag = response.headers.get("ETag") ?? "";
    const again = await get(pathOf(url), { headers: { "If-None-Match": `W/"x", ${etag}` } });

    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/gif",
      "cache-control": "public, max-age=31536000, immutable",
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    });
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", etag]);
  });

  it("is one image however often it is sent, and is what its bytes are, whatever the request says", async ({ expect }) => {
    const productId = await createdProduct();

    const [first, second] = [await uploaded(productId, gif(3, 2), "?alt=First"), await uploaded(productId, gif(3, 2))];
    const asJpeg = await upload(productId, gif(9, 2), "", { type: "image/jpeg" });

    expect(second).toEqual(first);
    expect(asJpeg.status).toBe(201);
    expect((await asJpeg.json<Image>()).url).toMatch(/\.gif$/);
    expect(await imagesOf(productId)).toHaveLength(2);
  });

  it.for([
    ["bytes that are no image", "<svg onload='alert(1)'/>".padEnd(40), "image/png", 422, "validation_failed"],
    ["SVG, which can carry scripts", "<svg/>", "image/svg+xml", 415, "unsupported_media_type"],
    ["no type", "GIF89a", "text/plain", 415, "unsupported_media_type"],
  ] as const)("is refused for %s", async ([, words, type, status, code], { expect }) => {
    const response = await upload(await createdProduct(), new TextEncoder().encode(words), "", { type });

    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
  });

  it("is refused with too many bytes or pixels, and for a product that is not there", async ({ expect }) => {
    const productId = await createdProduct();

    const large = await upload(productId, new Uint8Array(5 * 1_048_576 + 1));
    const wide = await upload(productId, gif(12_001, 2));
    const nowhere = await upload("nowhere", gif(3, 2));

    expect([large.status, wide.status, nowhere.status]).toEqual([413, 422, 404]);
    expect((await get(`/images/${productId}/${"0".repeat(64)}.gif`)).status).toBe(404);
    expect((await get(`/images/${productId}/x.svg`)).status).toBe(422);
  });
});

describe("the images of a product", () => {
  it("are ordered, described and deleted by a list of them, and may be elsewhere", async ({ expect }) => {
    const productId = await createdProduct();
    const [a, b, c] = [
      await uploaded(productId, gif(1, 1)),
      await uploaded(productId, gif(2, 2)),
      await uploaded(productId, gif(3, 3)),
    ];

    const response = await change(productId, [
      { url: OUTSIDE, alt: "Rice" },
      { image_id: c.image_id },
      { url: a.url, alt: "First" },
    ]);

    expect(response.status).toBe(200);
    const shown = await imagesOf(productId);
    expect(shown).toEqual([
      { image_id: expect.stringMatching(/^url-/), url: OUTSIDE, alt: "Rice", width: null, height: null, sizes: [] },
      c,
      { ...a, alt: "First" },
    ]);
    expect((await change(productId, [])).status).toBe(200);
    expect(await imagesOf(productId)).toEqual([]);
    expect((await change(productId, [{ image_id: b.image_id }])).status).toBe(422);
  });

  it.for([
    ["an image of another product", [{ image_id: "0123456789abcdef" }], "images[0]"],
    ["an image twice", [{ url: OUTSIDE }, { url: OUTSIDE }], "images[1]"],
    ["http", [{ url: "http://cdn.example.com/rice.jpg" }], "images[0].url"],
    ["a script", [{ url: "javascript:alert(1)" }], "images[0].url"],
    ["both an id and an address", [{ image_id: "x", url: OUTSIDE }], "images[0]"],
    ["something else", [{ src: OUTSIDE, url: OUTSIDE }], "images[0].src"],
  ] as const)("are refused with %s", async ([, images, field], { expect }) => {
    const response = await change(await createdProduct(), images);

    expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ field }] }]);
  });

  it("have narrower sizes of the same shape, for srcset, narrow first", async ({ expect }) => {
    const productId = await createdProduct();
    const { image_id: id, url } = await uploaded(productId, gif(1_200, 800));

    for (const width of [600, 300]) await uploaded(productId, gif(width, (width * 2) / 3), `?size_of=${id}`);
    const refused = [gif(1_300, 866), gif(600, 600)].map((bytes) => upload(productId, bytes, `?size_of=${id}`));

    expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([422, 422]);
    const [image] = await imagesOf(productId);
    expect(image?.url).toBe(url);
    expect(image?.sizes.map(({ width, height }) => [width, height])).toEqual([
      [300, 200],
      [600, 400],
      [1_200, 800],
    ]);
  });

  it("show variants, which can name only those that the product has", async ({ expect }) => {
    const productId = await createdProduct();
    const { image_id: id } = await uploaded(productId, gif(1, 1));

    const shown = await patch(`${URL}/${productId}`, { variants: [{ variant_id: productId, image_id: id }] }, ADMIN);
    const unknown = await patch(`${URL}/${productId}`, { variants: [{ variant_id: productId, image_id: "x" }] }, ADMIN);

    expect(await shown.json()).toMatchObject({ variants: [{ image_id: id }] });
    await change(productId, []);
    const renamed = await patch(`${URL}/${productId}`, { variants: [{ variant_id: productId, name: "One" }] }, ADMIN);
    expect([renamed.status, await renamed.json()]).toMatchObject([200, { variants: [{ name: "One", image_id: null }] }]);
    expect([unknown.status, await unknown.json()]).toMatchObject([422, { errors: [{ field: "variants[0].image_id" }] }]);
  });
});

describe("a shop without a bucket", () => {
  it("says so, refuses uploads, and works with images elsewhere", async ({ expect }) => {
    const ask = appWith({}, {}, { IMAGES: undefined as unknown as R2Bucket });
    const headers = { Authorization: "Bearer test-admin-token-0123456789", "Content-Type": "image/gif" };
    const productId = await createdProduct({ images: [{ url: OUTSIDE }] });

    const [health, refused, shown] = [
      await ask("/health"),
      await ask(`${URL}/${productId}/images`, { method: "POST", headers, body: gif(1, 1) }),
      await ask(`${URL}/${productId}`),
    ];

    expect(await health.json()).toMatchObject({ status: "ok", images: "no_bucket" });
    expect([refused.status, await refused.json()]).toMatchObject([501, { code: "images_not_configured" }]);
    expect(await shown.json()).toMatchObject({ images: [{ url: OUTSIDE }] });
  });
});

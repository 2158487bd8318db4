import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { changeProduct } from "../../src/catalog/change-product.ts";
import { deleteUnusedFiles, readPicture, uploadImage } from "../../src/catalog/images/upload-image.ts";
import type { Deps } from "../../src/deps.ts";
import { FAULTS, faultyWorker, atD1, outcome } from "../support/faults.ts";
import { createdProduct } from "../support/shop/catalog.ts";
import { gif, upload } from "../support/shop/images.ts";
import { get } from "../support/http/requests.ts";

const DAY_MS = 86_400_000;
const ALT = undefined;

async function wanted(productId: string, tail: string) {
  const bytes = gif(4, 4, tail);
  const sha256 = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return { productId, picture: readPicture(bytes), sha256: sha256.join(""), alt: ALT };
}

async function imagesOf(productId: string): Promise<{ url: string }[]> {
  return (await (await get(`/api/v1/products/${productId}`)).json<{ images: { url: string }[] }>()).images;
}

async function filesOf(productId: string): Promise<string[]> {
  return (await env.IMAGES.list({ prefix: `images/${productId}/` })).objects.map(({ key }) => key);
}

/** Deps of a Worker two days later. */
function later(deps: Deps = faultyWorker().deps): Deps {
  return { ...deps, nowMs: () => Date.now() + 2 * DAY_MS };
}

describe("an upload of an image", () => {
  it.for(FAULTS)("is made once by a repeat with its key, whatever call is %s", async (fault, { expect }) => {
    for (const name of ["note image", "kept answer", "read product", "write once"]) {
      const productId = await createdProduct();
      const [image, keyed] = [await wanted(productId, name), { id: `${name} ${fault}`, requestHash: "h" }];
      const worker = faultyWorker((call) => (atD1(name)(call) ? fault : "none"));

      await outcome(
        worker,
        uploadImage(worker.deps, keyed, image).catch(() => undefined),
      );
      await uploadImage(faultyWorker().deps, keyed, image);
      await worker.deliverLate();
      await deleteUnusedFiles(later());

      expect([name, (await imagesOf(productId)).length, (await filesOf(productId)).length]).toEqual([name, 1, 1]);
    }
  });

  it("whose file did not arrive, or whose end was cut off, leaves nothing after a day", async ({ expect }) => {
    const productId = await createdProduct();
    const { deps } = faultyWorker();
    const store = deps.images;
    if (!store) throw new Error("no bucket");
    const lost = { ...deps, images: { ...store, put: () => Promise.reject(new Error("cut off")) } };
    await uploadImage(lost, undefined, await wanted(productId, "a")).catch(() => undefined);
    const worker = faultyWorker((call) => (atD1("write once")(call) ? "dies_before" : "none"));
    await outcome(
      worker,
      uploadImage(worker.deps, undefined, await wanted(productId, "b")).catch(() => undefined),
    );
    expect([(await imagesOf(productId)).length, (await filesOf(productId)).length]).toEqual([0, 1]);

    await deleteUnusedFiles(faultyWorker().deps);
    expect(await filesOf(productId)).toHaveLength(1);
    await deleteUnusedFiles(later());

    expect(await filesOf(productId)).toEqual([]);
  });

  it("twice at once with one key, and of two files at once, adds each once", async ({ expect }) => {
    const productId = await createdProduct();
    const bytes = gif(8, 8);

    const same = await Promise.all([1, 2].map(() => upload(productId, bytes, "", { key: "one-image" })));
    const others = await Promise.all([gif(1, 8), gif(2, 8)].map((each) => upload(productId, each)));

    expect([...same, ...others].map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await imagesOf(productId)).toHaveLength(3);
  });
});

describe("a file that no image uses", () => {
  async function dropped(tail: string) {
    const productId = await createdProduct();
    const image = await wanted(productId, tail);
    const { deps } = faultyWorker();
    await uploadImage(deps, undefined, image);
    await changeProduct(deps, undefined, productId, { fields: {}, images: [] });
    return { productId, image, deps };
  }

  it.for(FAULTS)("is deleted by the cron after a day, where a call is %s by the next one", async (fault, { expect }) => {
    for (const name of ["begin deletion of images", "end deletion of images"]) {
      const { productId } = await dropped(`${name} ${fault}`);
      const worker = faultyWorker((call) => (atD1(name)(call) ? fault : "none"));
      await outcome(
        worker,
        deleteUnusedFiles(later(worker.deps)).catch(() => undefined),
      );
      await deleteUnusedFiles(later());
      await worker.deliverLate();

      expect([name, await filesOf(productId)]).toEqual([name, []]);
      const rows = env.DB.prepare("SELECT count(*) AS n FROM image_files WHERE product_id = ?").bind(productId);
      expect(await rows.first("n")).toBe(0);
    }
  });

  it("is kept where it is uploaded again before, and refused while it is being deleted", async ({ expect }) => {
    const { productId, image, deps } = await dropped("again");
    await uploadImage(deps, undefined, image);
    await deleteUnusedFiles(later());
    expect(await filesOf(productId)).toHaveLength(1);

    await changeProduct(deps, undefined, productId, { fields: {}, images: [] });
    const worker = faultyWorker((call) => (atD1("end deletion of images")(call) ? "dies_before" : "none"));
    await outcome(worker, deleteUnusedFiles(later(worker.deps)));

    expect((await upload(productId, image.picture.bytes)).status).toBe(503);
    await deleteUnusedFiles(later());
    expect((await upload(productId, image.picture.bytes)).status).toBe(201);
    expect(await filesOf(productId)).toHaveLength(1);
  });
});

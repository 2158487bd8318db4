import { withTimeout } from "./db/client.ts";
import type { ImageStore } from "./deps.ts";

const TIMEOUT_MS = 20_000;

/** Binds the bucket of images. */
export function openImages(bucket: R2Bucket | undefined): ImageStore | undefined {
  if (!bucket) return undefined;
  const limited = <T>(call: Promise<T>) => withTimeout(TIMEOUT_MS, "the bucket of images", call);
  return {
    put: async (key, bytes, contentType) => {
      await limited(bucket.put(key, bytes, { httpMetadata: { contentType } }));
    },
    get: async (key) => {
      const found = await limited(bucket.get(key));
      return found ? { body: found.body, size: found.size } : undefined;
    },
    remove: (keys) => limited(bucket.delete(keys)),
  };
}

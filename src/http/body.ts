import { refusedField } from "../errors.ts";
import type { AppContext } from "./context.ts";

/**
 * Reads a text body. Its `Content-Length` is not trusted.
 * @param maxBytes reading stops beyond this size
 * @param types the media types that the route takes
 * @returns the text without a byte order mark, and its media type
 * @throws Refusal `unsupported_media_type` for another type or an unknown charset; `body_too_large`; `validation_failed` for bytes that
 *   are not text in the charset
 */
export async function readText<T extends string>(
  c: AppContext,
  maxBytes: number,
  types: readonly T[],
): Promise<{ text: string; type: T }> {
  const [given = "", ...parameters] = (c.req.header("Content-Type") ?? "").split(";").map((part) => part.trim());
  const type = types.find((each) => each === given.toLowerCase());
  if (type === undefined) throw refusedField("unsupported_media_type", "Content-Type", `must be ${types.join(" or ")}`);
  const charset = parameters.flatMap((part) => /^charset="?([\w.:-]+)"?$/i.exec(part)?.[1] ?? [])[0] ?? "utf-8";
  const decoder = decoderOf(charset);
  const bytes = await readBytes(c.req.raw.body, maxBytes);
  try {
    return { text: decoder.decode(bytes), type };
  } catch {
    throw refusedField("validation_failed", "body", `is not text in ${charset}`);
  }
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: false });
  } catch {
    throw refusedField("unsupported_media_type", "Content-Type", `has an unknown charset, ${charset}`);
  }
}

async function readBytes(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw refusedField("body_too_large", "body", `must be at most ${maxBytes / 1_048_576} MiB`);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

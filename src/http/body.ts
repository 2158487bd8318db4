import { fieldAt, invalidField, refusedField } from "../errors.ts";
import { findRepeatedMember } from "../rules/repeated-member.ts";
import { decodeFile } from "../rules/text-encoding.ts";
import type { AppContext } from "./context.ts";

/**
 * Reads a text body. Its `Content-Length` is not trusted.
 * @param maxBytes reading stops beyond this size
 * @param types the media types that the route takes
 * @param isFile says of a type that the encoding is found in the bytes where the request names none
 * @returns the text without a byte order mark, and its media type
 * @throws Refusal `unsupported_media_type` for another type or an unknown charset; `body_too_large`; `validation_failed` for bytes that
 *   are not text in the charset
 */
export async function readText<T extends string>(
  c: AppContext,
  maxBytes: number,
  types: readonly T[],
  isFile: (type: T) => boolean = () => false,
): Promise<{ text: string; type: T }> {
  const { given, charset, isNamed } = contentTypeOf(c);
  const type = types.find((each) => each === given);
  if (type === undefined) throw refusedField("unsupported_media_type", "Content-Type", `must be ${types.join(" or ")}`);
  const decoder = decoderOf(charset);
  const bytes = await readBytes(c.req.raw.body, maxBytes);
  if (!isNamed && isFile(type)) return { text: decodeFile(bytes), type };
  try {
    return { text: decoder.decode(bytes), type };
  } catch {
    throw refusedField("validation_failed", "body", `is not text in ${charset}`);
  }
}

/**
 * Buffers the body, so that slow uploads are over before the request counts as in flight, and decodes JSON by its charset. By itself the
 * platform puts U+FFFD in place of what is not UTF-8, and of a member that is there twice drops the first. A failure to read surfaces when
 * the body is used.
 * @param isSigned whether the route reads the bytes, as they are signed
 * @throws Refusal `malformed_json` for JSON that is not text in its charset; `unsupported_media_type` for an unknown charset;
 *   `validation_failed` for a member that is there twice
 */
export async function bufferBody(c: AppContext, { isSigned }: { isSigned: boolean }): Promise<void> {
  if (!c.req.raw.body) return;
  const bytes = await c.req.arrayBuffer().catch(() => undefined);
  const { given, charset } = contentTypeOf(c);
  if (bytes === undefined || isSigned || !/^application\/([\w.-]+\+)?json$/.test(given)) return;
  const text = decodeJson(bytes, charset);
  // hono keeps a promise here, which its type does not say.
  c.req.bodyCache.text = Promise.resolve(text) as unknown as string;
  const repeated = findRepeatedMember(text);
  if (repeated) throw invalidField(fieldAt(repeated) || "body", "is there twice");
}

function decodeJson(bytes: ArrayBuffer, charset: string): string {
  const decoder = decoderOf(charset);
  try {
    return decoder.decode(bytes);
  } catch {
    throw refusedField("malformed_json", "body", `is not text in ${charset}; send UTF-8, or name the charset in Content-Type`);
  }
}

/** The media type in lower case, and its charset; UTF-8 where it names none. */
function contentTypeOf(c: AppContext): { given: string; charset: string; isNamed: boolean } {
  const [type = "", ...parameters] = (c.req.header("Content-Type") ?? "").split(";").map((part) => part.trim());
  const named = parameters.flatMap((part) => /^charset="?([\w.:-]+)"?$/i.exec(part)?.[1] ?? [])[0];
  return { given: type.toLowerCase(), charset: named ?? "utf-8", isNamed: named !== undefined };
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: false });
  } catch {
    throw refusedField("unsupported_media_type", "Content-Type", `has an unknown charset, ${charset}`);
  }
}

/** Reads the bytes of a body. @throws Refusal `body_too_large` */
export async function readBytes(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
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

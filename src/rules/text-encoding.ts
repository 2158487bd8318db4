/** What spreadsheets write without saying so. Every byte is a character in it, so it is tried last. */
const FALLBACK = "windows-1252";

/**
 * Decodes a file of which nobody says its encoding, as spreadsheets write them: by its byte order mark, by the zeros of UTF-16, as UTF-8 if it
 * is that, else as windows-1252.
 * @returns the text without a byte order mark
 */
export function decodeFile(bytes: Uint8Array): string {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return new TextDecoder(FALLBACK).decode(bytes);
  }
}

/** A header is in ASCII, so that every other byte of it is zero. */
function utf16Of([first, second, third, fourth]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (second === 0 && fourth === 0 && first !== 0) return "utf-16le";
  return first === 0 && third === 0 && second !== undefined && second !== 0 ? "utf-16be" : undefined;
}

import { accepts } from "hono/accepts";
import { type Cell, csvLine } from "../rules/csv.ts";
import type { AppContext } from "./context.ts";

/** Whether the request would rather have CSV than JSON; the answer says that it depends on that. */
export function wantsCsv(c: AppContext): boolean {
  c.header("Vary", "Accept", { append: true });
  const supports = ["application/json", "text/csv"];
  return accepts(c, { header: "Accept", supports, default: "application/json" }) === "text/csv";
}

/**
 * Answers records as they are read, so that a file of any length takes little memory.
 * @throws whatever the first batch does; what a later one throws breaks the answer off, so that no file looks whole and is not
 */
export async function answerCsv(
  c: AppContext,
  name: string,
  header: readonly string[],
  batches: AsyncIterable<Cell[][]>,
): Promise<Response> {
  const iterator = batches[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const encoded = (records: readonly (readonly Cell[])[]) => encoder.encode(records.map(csvLine).join(""));
  let next = await iterator.next();
  let text = encoded([header]);
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(text);
      if (next.done === true) return controller.close();
      text = encoded(next.value);
      try {
        next = await iterator.next();
      } catch (error) {
        c.var.deps.log("answer_broken_off", { request_id: c.var.requestId, error: String(error) });
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  c.header("Content-Disposition", `attachment; filename="${name}"`);
  return c.body(stream, 200, { "Content-Type": "text/csv; charset=utf-8; header=present" });
}

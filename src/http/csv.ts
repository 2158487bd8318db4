import { accepts } from "hono/accepts";
import { type Cell, csvLine } from "../rules/csv.ts";
import type { AppContext } from "./context.ts";

/** Whether the request prefers CSV to JSON. Adds `Vary: Accept` to the answer. */
export function wantsCsv(c: AppContext): boolean {
  c.header("Vary", "Accept", { append: true });
  const supports = ["application/json", "text/csv"];
  return accepts(c, { header: "Accept", supports, default: "application/json" }) === "text/csv";
}

/**
 * Streams records as they are read, so that a file of any length takes little memory.
 * @throws the error of the first batch; the error of a later one aborts the answer, so that a truncated file cannot look complete
 */
export async function answerCsv(
  c: AppContext,
  name: string,
  header: readonly string[],
  batches: AsyncIterable<Cell[][]>,
): Promise<Response> {
  const iterator = batches[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const encoded = (records: readonly (readonly Cell[])[]) => encoder.encode(records.map((cells) => csvLine(cells)).join(""));
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

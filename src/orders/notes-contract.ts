import type { z } from "@hono/zod-openapi";

/** The request with what it says as `delivery_notes` in `notes`. Where it says both and they differ, it is refused. */
export function withNotes<B extends { notes?: string | null | undefined; delivery_notes?: string | null | undefined }>(
  { delivery_notes: other, ...body }: B,
  context: z.RefinementCtx,
): Omit<B, "delivery_notes"> {
  if (other === undefined) return body;
  if (body.notes !== undefined && body.notes !== other) {
    context.addIssue({ code: "custom", path: ["delivery_notes"], message: "says something else than notes" });
  }
  return { ...body, notes: other };
}

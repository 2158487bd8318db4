import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { jsonAnswer } from "../http/validate.ts";

export const checkHealth = createRoute({
  method: "get",
  path: "/health",
  tags: ["Health"],
  summary: "Check that D1 and the Durable Objects respond",
  ...needs("health:read"),
  responses: {
    200: jsonAnswer("Both respond", z.object({ status: z.literal("ok"), d1: z.literal("ok"), stock: z.literal("ok") })),
    ...problems("unavailable"),
  },
});

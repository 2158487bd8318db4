import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { jsonAnswer } from "../http/validate.ts";

export const checkHealth = createRoute({
  method: "get",
  path: "/health",
  tags: ["Health"],
  summary: "Check that D1 and the Durable Objects respond, and that no setting is missing",
  ...operation("checkHealth", "health:read"),
  responses: {
    200: jsonAnswer(
      "Both respond, and the settings fit the shop",
      z.object({
        status: z.literal("ok"),
        d1: z.literal("ok"),
        stock: z.literal("ok"),
        images: z.enum(["ok", "no_bucket"]).openapi({ description: "Without a bucket a shop has only images elsewhere" }),
        currency: z.string().openapi({ description: "In which the shop's amounts are stored" }),
        currency_decimals: z.number().int(),
      }),
    ),
    ...problems("unavailable", "misconfigured"),
  },
});

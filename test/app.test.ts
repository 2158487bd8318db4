import { exports } from "cloudflare:workers";
import { it } from "vitest";
it("answers", async ({ expect }) => {
  const r = await exports.default.fetch("http://x/nothing");
  expect(r.status).toBe(404);
  expect(await r.json()).toMatchObject({ code: "not_found" });
  const d = await exports.default.fetch("http://x/docs/swagger-ui.css");
  expect(d.status).toBe(200);
  const o = await exports.default.fetch("http://x/openapi.json");
  expect(o.status).toBe(200);
});

import { describe, it } from "vitest";
import { ERRORS } from "../../src/errors.ts";
import { get } from "../support/http/requests.ts";

/** Links in a page to other hosts. */
function foreignIn(text: string): string[] {
  return [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = ""]) => url).filter((url) => !/^\/(?!\/)/.test(url));
}

describe("/docs", () => {
  it("needs no other host and may not load from one", async ({ expect }) => {
    const response = await get("/docs");
    const page = await response.text();
    const policy = response.headers.get("Content-Security-Policy") ?? "";

    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "text/html; charset=UTF-8"]);
    expect(foreignIn(page)).toEqual([]);
    expect([...page.matchAll(/(?:src|href)="/g)].length).toBeGreaterThanOrEqual(4);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|script-src[^;]*unsafe/);
  });

  it("finds every file that it names, and loads our own document", async ({ expect }) => {
    const page = await (await get("/docs")).text();
    const files = [...page.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, url = ""]) => url);

    const answers = await Promise.all(files.map(async (file) => ({ file, response: await get(file) })));

    expect(answers.map(({ file, response }) => [file, response.status])).toEqual(files.map((file) => [file, 200]));
    const types = answers.map(({ response }) => response.headers.get("Content-Type")?.split(";")[0]);
    expect(types).toEqual(["image/png", "text/css", "text/javascript", "text/javascript"]);
    expect(await (await get("/docs/start.js")).text()).toContain(`url: "/openapi.json"`);
  });

  it.for([
    "/docs/package.json",
    "/docs/index.html",
    "/docs/swagger-ui.js.map",
    "/docs/..%2Fpackage.json",
    "/package.json",
    "/swagger-ui.css",
    "/index.html",
  ])("serves nothing else: %s", async (path, { expect }) => {
    const response = await get(path);

    expect([response.status, response.headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
  });
});

describe("/docs/errors", () => {
  it("has an anchor for every code, to which the type of a problem links", async ({ expect }) => {
    const response = await get("/docs/errors");
    const page = await response.text();
    const problem: { type: string } = await (await get("/nowhere")).json();

    expect(problem.type).toBe("/docs/errors#not_found");
    expect(page).toContain("<p>Do: send a random UUID, a new one for each operation.</p>");
    expect([...page.matchAll(/<dt id="([a-z_]+)">/g)].map(([, code]) => code)).toEqual(Object.keys(ERRORS));
  });
});

import { html, raw } from "hono/html";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { ERRORS } from "../errors.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { ERROR_TEXTS } from "./error-texts.ts";
import { toDocument } from "./openapi-document.ts";

/** The assets that the reference page needs; no other asset is served. */
const DOCS_FILES = new Set(["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"]);

const DOCS_POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference", deepLinking: true, validatorUrl: null });`;

/** Adds `/openapi.json` and the reference page at `/docs`, which loads nothing from other hosts. */
export function addDocs(app: OpenAPIHono<AppEnv>, version: string): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "A user's access token, an API key, the `order_token` of one order, or the shop's `ADMIN_TOKEN`.",
  });
  let document: string | undefined;
  app.get("/openapi.json", (c) => {
    // It takes tens of milliseconds, so that an isolate writes it once.
    document ??= JSON.stringify(
      toDocument(app.getOpenAPI31Document({ openapi: "3.1.0", info: infoOf(version), servers: SERVERS })),
    );
    return c.body(document, 200, { "Content-Type": "application/json; charset=UTF-8" });
  });
  app.get("/docs", docsPage);
  app.get("/docs/start.js", (c) => c.body(START, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  app.get("/docs/errors", errorsPage);
  app.get("/docs/:file", docsFile);
}

/** The document is served by the API itself. */
const SERVERS = [{ url: "/", description: "The server that this document comes from." }];

function infoOf(version: string) {
  return {
    title: "Holdfast",
    version,
    description: "Order and inventory API at the edge. Sells every unit exactly once, whatever crashes.",
    license: { name: "MIT", identifier: "MIT" },
  };
}

function docsPage(c: AppContext): Response | Promise<Response> {
  return page(
    c,
    "Holdfast API",
    html`<link rel="stylesheet" href="/docs/swagger-ui.css" />
      <div id="reference"></div>
      <script src="/docs/swagger-ui-bundle.js"></script>
      <script src="/docs/start.js"></script>`,
  );
}

/** For a page of text, in the light or dark colours of the reader's system. */
const READING = `
  :root { color-scheme: light dark; }
  body { max-width: 44rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  dt { margin-top: 2rem; font-weight: 600; scroll-margin-top: 1rem; }
  dt:target { outline: 2px solid; outline-offset: 0.5rem; }
  dd { margin-left: 0; }
  code { font-size: 0.95em; }
`;

/** The page that the `type` of a problem document links to: when each code is answered, and what to do. */
function errorsPage(c: AppContext): Response | Promise<Response> {
  const entries = Object.entries(ERRORS).map(
    ([code, { status, title }]) =>
      html`<dt id="${code}"><code>${code}</code> · ${status} · ${title}</dt>
        <dd>${(ERROR_TEXTS[code] ?? "").split("\n\n").map((paragraph) => html`<p>${marked(paragraph)}</p>`)}</dd>`,
  );
  return page(
    c,
    "Holdfast errors",
    html`<style>
        ${raw(READING)}
      </style>
      <h1>Errors</h1>
      <dl>${entries}</dl>`,
  );
}

/** Text whose code is between backticks. */
function marked(text: string) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

function page(c: AppContext, title: string, body: ReturnType<typeof html>): Response | Promise<Response> {
  c.header("Content-Security-Policy", DOCS_POLICY);
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title}</title>
          <link rel="icon" href="/docs/favicon-32x32.png" />
        </head>
        <body>
          ${body}
        </body>
      </html>`,
  );
}

async function docsFile(c: AppContext): Promise<Response> {
  const file = c.req.param("file") ?? "";
  if (!DOCS_FILES.has(file)) return c.notFound();
  const asset = await c.env.ASSETS.fetch(new URL(`/${file}`, c.req.url));
  return new Response(asset.body, asset);
}

import { describe, it, vi } from "vitest";
import { invalidField, Refusal } from "../../src/errors.ts";
import { appWith } from "../support/http/app.ts";

const SECRET = "SECRET-of-the-inside";

/** Sends a request whose database fails with an error. @returns the answer and the log */
async function failing(error: Error) {
  const logged: unknown[] = [];
  const batch = vi.fn<() => Promise<never>>().mockRejectedValue(error);
  const log = (event: string, fields: Record<string, unknown>) => void logged.push([event, fields]);
  const response = await appWith({}, { db: { batch }, log, cache: {} })("/api/v1/warehouses/nearest");
  const { status, headers } = response;
  return { status, headers, body: await response.json<Record<string, unknown>>(), logged: JSON.stringify(logged) };
}

describe("a failure", () => {
  it.for([
    ["our own time limit", Object.assign(new Error(SECRET), { name: "TimeoutError" })],
    ["a database that is down", new Error(`D1_ERROR: Network connection lost ${SECRET}`)],
    ["a database that is down, as the cause", new Error("Failed query", { cause: new Error(`D1_ERROR: ${SECRET}`) })],
    ["an object that was reset", Object.assign(new Error(SECRET), { durableObjectReset: true })],
    ["an object that has too much to do", Object.assign(new Error(SECRET), { overloaded: true })],
  ] as const)("that is transient answers 503 with Retry-After: %s", async ([, error], { expect }) => {
    const { status, headers, body, logged } = await failing(error);

    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "unavailable", "1"]);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect(logged).toContain(SECRET);
  });

  it.for([
    ["a statement that SQLite refuses", new Error(`D1_ERROR: near "${SECRET}": syntax error: SQLITE_ERROR`)],
    ["a constraint", new Error(`D1_ERROR: UNIQUE constraint failed: ${SECRET}: SQLITE_CONSTRAINT`)],
    ["a bug", new TypeError(`${SECRET} is not a function`)],
    ["an object's own error", Object.assign(new Error(SECRET), { remote: true, retryable: false })],
  ] as const)("that is a bug answers 500: %s", async ([, error], { expect }) => {
    const { status, body, logged } = await failing(error);

    expect([status, body.code]).toEqual([500, "internal_error"]);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect(logged).toContain(SECRET);
  });
});

describe("a refusal", () => {
  it("has its code, detail, fields and members", async ({ expect }) => {
    const { status, headers, body } = await failing(
      new Refusal("already_exists", "Two are there.", { members: { there: 2 }, retryAfterS: 7 }),
    );

    expect([status, headers.get("Retry-After"), headers.get("WWW-Authenticate")]).toEqual([409, "7", null]);
    expect(body).toEqual({
      type: "/docs/errors#already_exists",
      title: "The value is already in use",
      status: 409,
      code: "already_exists",
      detail: "Two are there.",
      request_id: headers.get("X-Request-Id"),
      there: 2,
    });
  });

  it("names its field in its detail too", async ({ expect }) => {
    const { body } = await failing(invalidField("items[0].quantity", "is odd"));

    expect(body).toMatchObject({
      detail: "items[0].quantity: is odd",
      errors: [{ field: "items[0].quantity", message: "is odd" }],
    });
  });

  it("asks for a bearer token with 401", async ({ expect }) => {
    const { headers } = await failing(new Refusal("unauthenticated", "Who?"));

    expect(headers.get("WWW-Authenticate")).toBe("Bearer");
  });
});

describe("a body that is too large", () => {
  it("is refused even without a Content-Length", async ({ expect }) => {
    const chunk = new TextEncoder().encode("a".repeat(16_384));
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => (sent++ < 5 ? controller.enqueue(chunk) : controller.close()),
    });

    const response = await appWith({})("/api/v1/orders", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });

    expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([413, "body_too_large"]);
  });
});

describe("a body without a content type", () => {
  it("is refused, whatever its text", async ({ expect }) => {
    const body = new TextEncoder().encode("{}");

    const response = await appWith({})("/api/v1/orders", { method: "POST", body });

    expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([415, "unsupported_media_type"]);
  });
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "vitest";
import { createApi } from "../../scripts/support/api.js";

let close = () => {};
afterEach(() => close());

/** A server that answers each request with the next of some statuses, the last one again and again. */
async function answering(...statuses: number[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((_, response) => {
    const status = statuses[Math.min(asked, statuses.length - 1)] ?? 500;
    asked += 1;
    response.writeHead(status, status === 503 ? { "Retry-After": "0.01" } : {}).end(JSON.stringify({ code: "unavailable" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => server.close();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

describe("a script's call", () => {
  it("is sent again when a busy server says when to", async ({ expect }) => {
    const { url, asked } = await answering(503, 503, 200);

    const { status } = await createApi(url, "token").send({ method: "GET", path: "/" });

    expect([status, asked()]).toEqual([200, 3]);
  });

  it("is given up after ten tries, and at once where the server does not say so", async ({ expect }) => {
    const busy = await answering(503);
    await expect(createApi(busy.url, "token").send({ method: "GET", path: "/" })).rejects.toThrow("503: unavailable");
    close();
    const wrong = await answering(422);
    await expect(createApi(wrong.url, "token").send({ method: "GET", path: "/" })).rejects.toThrow("422");

    expect([busy.asked(), wrong.asked()]).toEqual([10, 1]);
  });
});

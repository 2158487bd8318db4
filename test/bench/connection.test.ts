import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { it } from "vitest";
import { openConnection, readAnswer } from "../../bench/connection.ts";

const TEXT = "₹ 150";

it("parses an answer once it is complete, by its length or in chunks", ({ expect }) => {
  const bytes = Buffer.from(TEXT).toString("latin1");
  const byLength = `HTTP/1.1 201 Created\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`;
  const half = [bytes.slice(0, 2), bytes.slice(2)];
  const chunks = half.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
  const chunked = `HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;

  for (const text of [byLength, chunked]) {
    const parts = Array.from({ length: text.length }, (_, length) => readAnswer(text.slice(0, length)));
    expect(parts.every((part) => part === undefined)).toBe(true);
  }
  expect(readAnswer(byLength)).toEqual({ status: 201, retryAfterS: undefined, body: TEXT });
  expect(readAnswer(chunked)).toEqual({ status: 503, retryAfterS: 7, body: TEXT });
});

it("sends several requests over one connection, and rejects once it breaks", async ({ expect }) => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) =>
      seen.push([request.method, request.url, request.headers["idempotency-key"], chunk.toString()]),
    );
    request.on("end", () => (request.url === "/break" ? response.socket?.destroy() : response.end("{}")));
    request.resume();
  });
  let connections = 0;
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connection = openConnection(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));

  const first = await connection.send({ method: "POST", path: "/a", body: { name: TEXT }, key: "k" });
  const second = await connection.send({ method: "GET", path: "/b" });

  expect([first.status, second.status, connections]).toEqual([200, 200, 1]);
  expect(seen).toEqual([["POST", "/a", "k", JSON.stringify({ name: TEXT })]]);
  await expect(connection.send({ method: "GET", path: "/break" })).rejects.toThrow("closed");
  await expect(connection.send({ method: "GET", path: "/b" })).rejects.toThrow("closed");
  server.close();
});

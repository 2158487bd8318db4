import { connect } from "node:net";

// HTTP/1.1 over one keep-alive connection, one request at a time. Node's own client would use more CPU than the Worker that is
// measured; this one understands only what workerd sends.

/** A request. */
export interface Call {
  method: "GET" | "POST" | "PUT";
  path: string;
  body?: unknown;
  /** Sent as the Idempotency-Key. */
  key?: string;
  token?: string;
}

/** An answer. */
export interface Answer {
  status: number;
  /** Of the answer, in seconds. */
  retryAfterS: number | undefined;
  body: string;
}

/** A keep-alive connection. */
export interface Connection {
  /** @throws Error when the connection breaks before the answer is complete, or it takes longer than `ANSWER_TIMEOUT_MS` */
  send: (call: Call) => Promise<Answer>;
  close: () => void;
}

const ANSWER_TIMEOUT_MS = 30_000;
const HEAD_END = "\r\n\r\n";

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** Opens a connection at once and keeps it until `close`. If it breaks, the request that waits fails. */
export function openConnection(url: URL): Connection {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  let received = "";
  let waiting: Waiting | undefined;
  let broken: Error | undefined;
  const fail = (error: Error) => {
    broken = error;
    waiting?.reject(error);
    waiting = undefined;
  };
  // One character per byte, so that lengths in bytes are lengths of the text.
  socket.setEncoding("latin1");
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error("no answer in time")));
  socket.on("error", fail);
  socket.on("close", () => fail(broken ?? new Error("the connection was closed")));
  socket.on("data", (chunk: string) => {
    received += chunk;
    const answer = readAnswer(received);
    if (answer === undefined) return;
    received = "";
    waiting?.resolve(answer);
    waiting = undefined;
  });
  return {
    send: (call) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        waiting = { resolve, reject };
        socket.write(requestText(url.host, call));
      }),
    close: () => socket.destroy(),
  };
}

function requestText(host: string, { method, path, body, key, token }: Call): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...(body === undefined ? [] : ["content-type: application/json", `content-length: ${Buffer.byteLength(text)}`]),
    ...(key === undefined ? [] : [`idempotency-key: ${key}`]),
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
  ];
  return headers.join("\r\n") + HEAD_END + text;
}

/** Reads an answer, one character per byte. @returns `undefined` while it is incomplete */
export function readAnswer(received: string): Answer | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = received.slice(0, headEnd);
  const rest = received.slice(headEnd + HEAD_END.length);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const bytes = length === undefined ? readChunks(rest) : rest.length < Number(length) ? undefined : rest;
  if (bytes === undefined) return undefined;
  const retryAfter = /^retry-after: *(\d+)/im.exec(head)?.[1];
  return {
    status: Number(head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)),
    retryAfterS: retryAfter === undefined ? undefined : Number(retryAfter),
    body: Buffer.from(bytes, "latin1").toString("utf8"),
  };
}

/** Joins the chunks of a body. @returns `undefined` while the last one is missing */
function readChunks(text: string): string | undefined {
  let body = "";
  for (let at = 0; ;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const from = lineEnd + 2;
    if (text.length < from + size + 2) return undefined;
    if (size === 0) return body;
    body += text.slice(from, from + size);
    at = from + size + 2;
  }
}

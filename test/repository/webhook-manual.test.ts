import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, it } from "vitest";
import { signatureOf } from "../../src/events/signature.ts";
import { ROOT } from "../support/repository/commands.ts";

const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes, yes").toString("base64")}`;
const EVENT = { type: "order.placed", timestamp: "2026-11-30T10:00:00.000Z", data: { customer_name: "Zoë" } };

const folder = mkdtempSync(join(tmpdir(), "holdfast-manual-"));
afterAll(() => rmSync(folder, { recursive: true }));

let receive: (request: Request, secret: string) => Promise<unknown>;

/** The sample of the manual as a module, as a reader would paste it. */
beforeAll(async () => {
  const manual = readFileSync(resolve(ROOT, "docs/operations.md"), "utf8");
  const sample = /^```js\n(import \{ Webhook \}.*?)^```$/ms.exec(manual)?.[1] ?? "";
  symlinkSync(resolve(ROOT, "node_modules"), join(folder, "node_modules"));
  const path = join(folder, "receive.mjs");
  writeFileSync(path, sample);
  ({ receive } = (await import(pathToFileURL(path).href)) as { receive: typeof receive });
});

function delivery(payload: string, signed = payload): Request {
  const at = { id: "msg_1", atMs: Date.now() };
  const headers = {
    "webhook-id": at.id,
    "webhook-timestamp": String(Math.floor(at.atMs / 1_000)),
    "webhook-signature": signatureOf([SECRET], { ...at, payload: signed }),
  };
  return new Request("https://receiver.example/hook", { method: "POST", body: payload, headers });
}

describe("the webhook manual's sample", () => {
  it("verifies a delivery that comes as a Fetch Request", async ({ expect }) => {
    expect(await receive(delivery(JSON.stringify(EVENT)), SECRET)).toEqual(EVENT);
  });

  it("throws where the body is not what was signed", async ({ expect }) => {
    const tampered = delivery(JSON.stringify({ ...EVENT, type: "order.refunded" }), JSON.stringify(EVENT));

    await expect(receive(tampered, SECRET)).rejects.toThrow("No matching signature found");
  });
});

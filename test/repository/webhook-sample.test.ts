import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";

type Receive = (request: Request, secret: string) => Promise<unknown>;

/** The sample of the manual, run as it is printed, from where its import is found. */
async function sample(): Promise<Receive> {
  const code = /```js\n(import \{ Webhook \}[\s\S]*?)```/.exec(readFileSync("docs/operations.md", "utf8"))?.[1] ?? "";
  mkdirSync("node_modules/.cache", { recursive: true });
  const folder = mkdtempSync("node_modules/.cache/webhook-sample-");
  writeFileSync(`${folder}/receive.mjs`, code);
  try {
    const { receive } = (await import(`${process.cwd()}/${folder}/receive.mjs`)) as { receive: Receive };
    return receive;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("verifies a message that comes as a Fetch Request, and refuses a changed one", async () => {
  const receive = await sample();
  const secret = `whsec_${btoa("a secret of twenty-four.")}`;
  const [id, at, body] = ["msg_1", new Date(), '{"type":"order.placed","data":{}}'];
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  const sent = (text: string) => new Request("https://shop.example/hooks", { method: "POST", headers, body: text });

  await expect(receive(sent(body), secret)).resolves.toEqual(JSON.parse(body));
  await expect(receive(sent(body.replace("placed", "paid")), secret)).rejects.toThrow("signature");
});

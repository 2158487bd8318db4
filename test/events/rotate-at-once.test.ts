import { beforeEach, describe, it } from "vitest";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { del, get, patch, post } from "../support/http/requests.ts";
import { newKey, read } from "../support/orders/http.ts";
import { sqlInD1 } from "../support/stock/stock.ts";
import {
  ENDPOINTS,
  happened,
  type MadeEndpoint,
  madeEndpoint,
  type Received,
  verified,
  workerWithReceiver,
} from "../support/events/webhooks.ts";

beforeEach(async () => {
  await sqlInD1("DELETE FROM webhook_endpoints");
});

const rotate = async (endpointId: string, key?: string) =>
  read<MadeEndpoint>(
    await post(`${ENDPOINTS}/${endpointId}/rotate-secret`, undefined, { admin: true, ...(key !== undefined && { key }) }),
  );
const change = async (endpointId: string, fields: object) =>
  read<MadeEndpoint>(await patch(`${ENDPOINTS}/${endpointId}`, fields, { admin: true }));
const shown = async (endpointId: string) => read<MadeEndpoint>(await get(`${ENDPOINTS}/${endpointId}`, { admin: true }));

const secretNoOf = async (endpointId: string) =>
  (await sqlInD1<{ secret_no: number }>("SELECT secret_no FROM webhook_endpoints WHERE endpoint_id = ?", endpointId))[0]
    ?.secret_no;
const entriesOf = (endpointId: string, action: string) =>
  sqlInD1<{ before: string; after: string }>(
    "SELECT before, after FROM audit_log WHERE record_id = ? AND action = ? ORDER BY at_ms, after",
    endpointId,
    `webhook_endpoint.${action}`,
  );

/** The delivery of an event that happens now. */
async function message(): Promise<Received> {
  await happened();
  const { deps, received } = workerWithReceiver();
  await deliverDue(deps);
  const [only] = received;
  if (!only || received.length > 1) throw new Error(`${received.length} messages were sent.`);
  return only;
}

describe("two rotations at once", () => {
  it("give two secrets that both verify the next delivery; the original secret does not", async ({ expect }) => {
    const { endpoint_id: id, secret } = await madeEndpoint();

    const answers = await Promise.all([rotate(id), rotate(id)]);
    const sent = await message();

    const secrets = answers.map(({ body }) => body.secret);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(new Set([secret, ...secrets]).size).toBe(3);
    expect(await secretNoOf(id)).toBe(3);
    for (const each of secrets) expect(verified(each, sent)).toMatchObject({ type: "order.placed" });
    expect(() => verified(secret, sent)).toThrow();
  });

  it("are two consecutive entries in the audit log", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();

    await Promise.all([rotate(id), rotate(id)]);

    const entries = await entriesOf(id, "rotate_secret");
    const steps = entries.map(({ before, after }) =>
      [before, after].map((side) => (JSON.parse(side) as { secret_no: number }).secret_no),
    );
    expect(steps.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it("under one key are one, and give the same secret", async ({ expect }) => {
    const [{ endpoint_id: id }, key] = [await madeEndpoint(), newKey()];

    const answers = await Promise.all([rotate(id, key), rotate(id, key)]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body.secret).toBe(answers[1]?.body.secret);
    expect(await secretNoOf(id)).toBe(2);
    expect(await entriesOf(id, "rotate_secret")).toHaveLength(1);
  });
});

describe("two changes of an endpoint at once", () => {
  it("of different fields both take effect, and the later answer has both", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint({ description: "Old" });
    const fields = { description: "New", events: ["stock.out"] };

    const answers = await Promise.all([change(id, { description: fields.description }), change(id, { events: fields.events })]);

    const { body } = await shown(id);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(body).toMatchObject(fields);
    expect(answers.map((answer) => answer.body)).toContainEqual(body);
    expect(await entriesOf(id, "change")).toHaveLength(2);
  });

  it("of which one is a rotation both take effect", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint({ description: "Old" });

    const [rotated, changed] = await Promise.all([rotate(id), change(id, { description: "New" })]);
    const sent = await message();

    expect([rotated.status, changed.status]).toEqual([200, 200]);
    expect([(await shown(id)).body.description, await secretNoOf(id)]).toEqual(["New", 2]);
    expect(verified(rotated.body.secret, sent)).toMatchObject({ type: "order.placed" });
  });

  it("of one field end as one of the two, as in the audit log", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint({ description: "Old" });

    await Promise.all([change(id, { description: "First" }), change(id, { description: "Second" })]);

    const entries = await entriesOf(id, "change");
    const descriptions = entries.map(({ before, after }) =>
      [before, after].map((side) => (JSON.parse(side) as { description: string }).description),
    );
    const first = descriptions.find(([before]) => before === "Old")?.[1];
    const last = descriptions.find(([before]) => before === first)?.[1];
    expect(new Set([first, last])).toEqual(new Set(["First", "Second"]));
    expect((await shown(id)).body.description).toBe(last);
  });
});

describe("an endpoint that is deleted while others delete and change it", () => {
  it("is deleted once, and changed only before that", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const remove = async () => (await del(`${ENDPOINTS}/${id}`, { admin: true })).status;

    const [first, second, ...changes] = await Promise.all([
      remove(),
      remove(),
      ...["A", "B", "C"].map(async (description) => (await change(id, { description })).status),
    ]);

    expect([first, second].toSorted((a, b) => a - b)).toEqual([200, 404]);
    expect(changes.filter((status) => status !== 200 && status !== 404)).toEqual([]);
    expect(await entriesOf(id, "delete")).toHaveLength(1);
    expect(await entriesOf(id, "change")).toHaveLength(changes.filter((status) => status === 200).length);
    expect(await sqlInD1("SELECT 1 FROM webhook_endpoints WHERE endpoint_id = ?", id)).toEqual([]);
  });
});

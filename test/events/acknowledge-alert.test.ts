import { beforeAll, describe, it } from "vitest";
import { findAlert } from "../../src/events/alert-queries.ts";
import { userOf } from "../support/accounts/accounts.ts";
import { planOf } from "../support/cost/plan.ts";
import { openedAlert } from "../support/events/alerts.ts";
import { get, post } from "../support/http/requests.ts";
import { alertsOf, listedProduct, move } from "../support/stock/alerts.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

interface Shown {
  http: number;
  alert_id: string;
  status: string | number;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  note: string | null;
}

async function acknowledge(alertId: string, body: unknown = {}, options = {}): Promise<Shown> {
  const url = `/api/v1/alerts/${encodeURIComponent(alertId)}/acknowledge`;
  const response = await post(url, body, { admin: true, ...options });
  return { http: response.status, ...(await response.json<Omit<Shown, "http">>()) };
}

async function listed(query: string): Promise<Shown[]> {
  const response = await get(`/api/v1/alerts?${query}`, { admin: true });
  return (await response.json<{ alerts: Shown[] }>()).alerts;
}

describe("POST /api/v1/alerts/{alert_id}/acknowledge", () => {
  it("shows who has seen an alert, when, and the note; the alert stays open", async ({ expect }) => {
    const subject = newId("subject");
    const alertId = await openedAlert(subject);

    const acknowledged = await acknowledge(alertId, { note: " Ordered at the supplier " });

    expect(acknowledged).toMatchObject({
      http: 200,
      alert_id: alertId,
      status: "open",
      acknowledged_at: expect.stringMatching(/Z$/) as string,
      acknowledged_by: "admin",
      note: "Ordered at the supplier",
    });
    const { http: _http, ...shown } = acknowledged;
    expect(await listed(`subject=${subject}`)).toEqual([shown]);
  });

  it("takes no note too, and shows the newest of several; the audit log has all", async ({ expect }) => {
    const alertId = await openedAlert();
    const first = await acknowledge(alertId, { note: "Called" });

    const second = await acknowledge(alertId);

    expect(second).toMatchObject({ http: 200, note: null, acknowledged_by: "admin" });
    expect(Date.parse(String(second.acknowledged_at))).toBeGreaterThan(Date.parse(String(first.acknowledged_at)));
    const entries = await sqlInD1<{ after: string }>(
      "SELECT after FROM audit_log WHERE action = 'alert.acknowledge' AND record_id = ? ORDER BY at_ms, audit_id",
      alertId,
    );
    const notes = entries.map(({ after }) => (JSON.parse(after) as { note: string | null }).note);
    expect(notes).toHaveLength(2);
    expect(new Set(notes)).toEqual(new Set(["Called", null]));
  });

  it("acts once for one key, and refuses the key with another note", async ({ expect }) => {
    const [alertId, key] = [await openedAlert(), newId("key")];
    const first = await acknowledge(alertId, { note: "Mine" }, { key });
    await acknowledge(alertId, { note: "Another's" });

    const repeated = await acknowledge(alertId, { note: "Mine" }, { key });

    expect(repeated).toEqual(first);
    expect(await sqlInD1("SELECT note FROM alerts WHERE alert_id = ?", alertId)).toEqual([{ note: "Another's" }]);
    expect(await acknowledge(alertId, { note: "Other" }, { key })).toMatchObject({ code: "idempotency_key_reused" });
  });

  it("lets several acknowledge one alert at once", async ({ expect }) => {
    const alertId = await openedAlert();

    const all = await Promise.all(["a", "b"].map((note) => acknowledge(alertId, { note })));

    expect(all.map(({ http }) => http)).toEqual([200, 200]);
    const [{ note } = { note: null }] = await sqlInD1<{ note: string | null }>(
      "SELECT note FROM alerts WHERE alert_id = ?",
      alertId,
    );
    const newest = all.toSorted((a, b) => String(a.acknowledged_at).localeCompare(String(b.acknowledged_at))).at(-1);
    expect(newest?.note).toBe(note);
  });

  it("takes ids with any characters, and means the newest alert that has an id", async ({ expect }) => {
    const alertId = "payment_unknown:pi 1/ü:2";
    const insert = `INSERT INTO alerts (opened_at_ms, alert_id, kind, subject, details, closed_at_ms) VALUES (?, ?, 'payment_unknown', 's', '{}', ?)`;
    await sqlInD1(insert, 5, alertId, 6);
    await sqlInD1(insert, 7, alertId, null);

    expect(await acknowledge(alertId, { note: "Seen" })).toMatchObject({ http: 200, note: "Seen" });
    expect(await sqlInD1("SELECT opened_at_ms, note FROM alerts WHERE alert_id = ? ORDER BY 1", alertId)).toEqual([
      { opened_at_ms: 5, note: null },
      { opened_at_ms: 7, note: "Seen" },
    ]);
  });

  it("is 404 for an unknown alert, 409 for one that has closed, 422 for a note that is none", async ({ expect }) => {
    const [open, closed] = [await openedAlert(), await openedAlert()];
    await sqlInD1("UPDATE alerts SET closed_at_ms = 5000 WHERE alert_id = ?", closed);

    expect(await acknowledge("nothing")).toMatchObject({ http: 404, code: "not_found" });
    expect(await acknowledge(closed)).toMatchObject({ http: 409, code: "alert_closed", closed_at: "1970-01-01T00:00:05.000Z" });
    expect(await acknowledge(open, { note: "x".repeat(501) })).toMatchObject({ http: 422, errors: [{ field: "note" }] });
    expect(await sqlInD1("SELECT note FROM alerts WHERE alert_id IN (?, ?)", open, closed)).toEqual([
      { note: null },
      { note: null },
    ]);
  });

  it("is for staff, and finds an alert by the index of its id", async ({ expect }) => {
    const alertId = await openedAlert();
    const url = `/api/v1/alerts/${alertId}/acknowledge`;

    expect((await post(url, {})).status).toBe(401);
    expect((await post(url, {}, { token: (await userOf()).token })).status).toBe(403);
    expect(await planOf({ statement: findAlert(alertId).statement })).toEqual([
      expect.stringMatching(/^SEARCH alerts USING INDEX alerts_id/),
    ]);
  });
});

describe("the list of alerts", () => {
  it("can be of those that nobody has acknowledged yet", async ({ expect }) => {
    const [seen, unseen] = [await openedAlert(), await openedAlert()];
    await acknowledge(seen);

    const idsOf = async (query: string) => (await listed(`limit=100&status=open&${query}`)).map((alert) => alert.alert_id);

    expect(await idsOf("acknowledged=true")).toContain(seen);
    expect(await idsOf("acknowledged=true")).not.toContain(unseen);
    expect(await idsOf("acknowledged=false")).toContain(unseen);
    expect(await idsOf("acknowledged=false")).not.toContain(seen);
  });
});

describe("an acknowledged alert", () => {
  it("is not raised again until its cause has ended, and then not acknowledged", async ({ expect }) => {
    const productId = await listedProduct(5);
    const [{ alert_id: alertId } = { alert_id: "" }] = await listed(`subject=${productId}`);
    await acknowledge(alertId, { note: "Ordered" });

    await move(productId, -1);
    expect(await listed(`subject=${productId}`)).toMatchObject([{ status: "open", note: "Ordered" }]);
    await move(productId, 5);
    expect(await listed(`subject=${productId}`)).toMatchObject([{ status: "closed", note: "Ordered" }]);
    await move(productId, -5);

    expect(await alertsOf(productId)).toEqual(["low_stock closed", "low_stock open"]);
    expect(await listed(`subject=${productId}&status=open`)).toMatchObject([{ acknowledged_at: null, note: null }]);
  });
});

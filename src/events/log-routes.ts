import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { readCursor } from "../http/paging.ts";
import { createRouter } from "../http/router.ts";
import { boundsMs } from "../http/times.ts";
import type { AppContext } from "../http/context.ts";
import { acknowledgeAlert, showAlert } from "./acknowledge-alert.ts";
import { listAlerts } from "./list-alerts.ts";
import { listAudit } from "./list-audit.ts";
import { type Alert, versionOf } from "./rules/alert.ts";
import * as contract from "./log-contract.ts";
import { toAlertJson, toEntryJson, toTimeCursor } from "./log-json.ts";

export const auditRoutes = createRouter().openapi(contract.listAudit, async (c) => {
  const { limit, cursor, from, to, ...query } = c.req.valid("query");
  const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = boundsMs(c, { from, to });
  const page = await listAudit(c.var.deps, {
    actor: query.actor,
    action: query.action,
    recordType: query.record_type,
    recordId: query.record_id,
    fromMs,
    toMs,
    after: readCursor(cursor, contract.timeKeySchema),
    limit,
  });
  return c.json({ entries: page.items.map(toEntryJson), next_cursor: toTimeCursor(page.next) }, 200);
});

export const alertRoutes = createRouter()
  .openapi(contract.listAlerts, async (c) => {
    const { limit, cursor, status, kind, subject, acknowledged } = c.req.valid("query");
    const page = await listAlerts(c.var.deps, {
      isOpen: status && status === "open",
      isAcknowledged: acknowledged && acknowledged === "true",
      kind,
      subject,
      after: readCursor(cursor, contract.timeKeySchema),
      limit,
    });
    return c.json({ alerts: page.items.map(toAlertJson), next_cursor: toTimeCursor(page.next) }, 200);
  })
  .openapi(contract.showAlert, async (c) => {
    return c.json(shownAlert(c, await showAlert(c.var.deps, c.req.valid("param").alert_id)), 200);
  })
  .openapi(contract.acknowledgeAlert, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { alert_id: alertId } = c.req.valid("param");
    const { answer, replayed } = await acknowledgeAlert(c.var.deps, keyed, alertId, body.note ?? null);
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json(shownAlert(c, answer), 200);
  });

function shownAlert(c: AppContext, alert: Alert) {
  sayVersion(c, versionOf(alert));
  return toAlertJson(alert);
}

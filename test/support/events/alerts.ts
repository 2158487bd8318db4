import { newId } from "../shop/shop.ts";
import { sqlInD1 } from "../stock/stock.ts";

/** Opens an alert of low stock, about a subject of its own by default. @returns its id */
export async function openedAlert(subject = newId("subject"), atMs = 1_000): Promise<string> {
  const alertId = newId("ALT");
  await sqlInD1(
    "INSERT INTO alerts (opened_at_ms, alert_id, kind, subject, details) VALUES (CAST(? AS INTEGER), ?, 'low_stock', ?, '{\"left\":1}')",
    atMs,
    alertId,
    subject,
  );
  return alertId;
}

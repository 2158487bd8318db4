import { get } from "../http/requests.ts";

export const PAGE = 20;

/** Lists of records that grow as a shop runs; here each is as long as the catalogue. */
export const LOG_LISTS = {
  "page of the audit log": () => getAdmins("audit-log"),
  "page of the log, record": () => getAdmins("audit-log", "record_type=product&record_id=fill-7"),
  "page of the log, actor": () => getAdmins("audit-log", "actor=user:u-7"),
  "page of alerts": () => getAdmins("alerts"),
  "page of alerts, open": () => getAdmins("alerts", "status=open"),
  "page of users": () => getAdmins("users"),
  "page of transfers": () => getAdmins("inventory/transfers"),
  "page of transfers, status": () => getAdmins("inventory/transfers", "status=in_transit"),
  "page of deliveries": () => getAdmins("webhook-endpoints/WHE/deliveries"),
};

/** A page of a list, requested as an admin. */
function getAdmins(list: string, query = ""): Promise<Response> {
  return get(`/api/v1/${list}?limit=${PAGE}&${query}`, { admin: true });
}

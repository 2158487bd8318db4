import { attackAll } from "./fuzz/attack-all.ts";
import { OFFICE } from "./valid-requests/office.ts";

attackAll("accounts, warehouses, logs and webhooks", OFFICE);

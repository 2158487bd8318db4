import { attackAll } from "./fuzz/attack-all.ts";
import { ADMINISTRATION } from "./valid-requests/administration.ts";

attackAll("accounts, warehouses, logs and webhooks", ADMINISTRATION);

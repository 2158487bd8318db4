import { attackAll } from "./attack-all.ts";
import { OFFICE } from "./office-bases.ts";

attackAll("accounts, warehouses, logs and webhooks", OFFICE);

import { attackAll } from "./fuzz/attack-all.ts";
import { STOCK } from "./valid-requests/stock.ts";

attackAll("stock and transfers", STOCK);

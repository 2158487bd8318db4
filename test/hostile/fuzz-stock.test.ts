import { attackAll } from "./attack-all.ts";
import { STOCK } from "./stock-bases.ts";

attackAll("stock and transfers", STOCK);

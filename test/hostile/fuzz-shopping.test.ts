import { attackAll } from "./fuzz/attack-all.ts";
import { SHOPPING } from "./valid-requests/shopping.ts";

attackAll("carts, orders and payments", SHOPPING);

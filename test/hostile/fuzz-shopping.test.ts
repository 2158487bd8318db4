import { attackAll } from "./attack-all.ts";
import { SHOPPING } from "./shopping-bases.ts";

attackAll("carts, orders and payments", SHOPPING);

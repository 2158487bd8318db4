import { attackAll } from "./fuzz/attack-all.ts";
import { CATALOG } from "./valid-requests/catalog.ts";

attackAll("the catalogue, prices and taxes", CATALOG);

import { attackAll } from "./attack-all.ts";
import { CATALOG } from "./catalog-bases.ts";

attackAll("the catalogue and its prices", CATALOG);

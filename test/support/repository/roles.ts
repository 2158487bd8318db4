/** One kind of file: which it is, what it may import, and from where. The first row whose pattern fits is a file's role. */
export interface RoleRow {
  files: RegExp;
  /** Roles of the same slice, or of files outside the slices, that it may import. */
  near: string[];
  /** Roles of lower slices. */
  lower: string[];
  packages: RegExp | undefined;
}

const DRIZZLE = /^drizzle-orm(\/sqlite-core)?$/;
const ZOD = /^(zod|@hono\/zod-openapi)$/;
const HONO = /^(hono(\/[\w-]+)*|zod|@hono\/zod-openapi)$/;

/** Slices, lower first, each with its rooms, lower first: a slice may use those before it, and so may a room. Rules and the slice's own files lie below its rooms. */
const SLICES: Readonly<Record<string, readonly string[]>> = {
  shop: [],
  health: [],
  writes: [],
  events: [],
  accounts: ["addresses"],
  catalog: ["images", "bulk"],
  warehouses: [],
  stock: ["projection", "object", "client", "storefront", "adjustments", "reports", "transfers", "audit"],
  pricing: [],
  carts: [],
  orders: ["search", "lifecycle", "links", "bulk", "returns", "fulfillment", "placement", "checkout"],
  payments: [],
};

const ROOM = Object.entries(SLICES)
  .map(([slice, rooms]) => (rooms.length === 0 ? slice : `${slice}(?:/(?:${rooms.join("|")}))?`))
  .join("|");

/** The files of a role that are known by how their names end, in any room but the Durable Object's: `queries.ts`, `log-queries.ts`. */
const named = (ending: string) => new RegExp(`^(?:${ROOM})/(?:[\\w-]+-)?${ending}\\.ts$`);

/** What each kind of file may import. A room whose files are all of one kind is a role by itself; elsewhere the end of the name says it. */
export const ROLES: Readonly<Record<string, RoleRow>> = {
  entry: {
    files: /^(index|bind|cron)\.ts$/,
    near: ["entry", "app", "config", "ids", "tokens", "meter", "images", "db", "deps", "rules"],
    lower: ["verb", "object", "client", "queries", "rules"],
    packages: undefined,
  },
  app: { files: /^app\.ts$/, near: ["http", "errors"], lower: ["routes", "verb"], packages: HONO },
  deps: { files: /^deps\.ts$/, near: ["config", "db", "rules"], lower: ["rules"], packages: undefined },
  errors: { files: /^errors\.ts$/, near: [], lower: [], packages: undefined },
  config: { files: /^config\.ts$/, near: ["errors", "rules"], lower: ["rules"], packages: ZOD },
  ids: { files: /^ids\.ts$/, near: ["rules"], lower: [], packages: undefined },
  tokens: { files: /^(tokens|passwords)\.ts$/, near: ["ids", "rules"], lower: ["rules"], packages: /^hono\/jwt$/ },
  meter: { files: /^meter\.ts$/, near: [], lower: [], packages: undefined },
  images: { files: /^images\.ts$/, near: ["db", "deps"], lower: [], packages: undefined },
  http: { files: /^http\/[\w-]+\.ts$/, near: ["http", "errors", "deps", "ids", "meter", "rules"], lower: [], packages: HONO },
  db: { files: /^db\/[\w-]+\.ts$/, near: ["db", "meter"], lower: [], packages: DRIZZLE },
  rules: { files: /^([\w-]+\/)?rules\/[\w-]+\.ts$/, near: ["rules"], lower: ["rules"], packages: undefined },
  object: {
    files: /^stock\/object\/[\w-]+\.ts$/,
    near: ["object", "rules", "sql", "queries", "db", "config"],
    lower: ["rules"],
    packages: /^cloudflare:workers$/,
  },
  tables: { files: /^[\w-]+\/([\w-]+-)?tables\.ts$/, near: ["rules"], lower: ["tables", "rules"], packages: DRIZZLE },
  queries: {
    files: named("queries"),
    near: ["db", "tables", "rules", "sql", "queries"],
    lower: ["tables", "rules", "sql", "queries"],
    packages: DRIZZLE,
  },
  // SQL without a reader, for a batch of the Worker or of the object.
  sql: {
    files: named("statements"),
    near: ["tables", "rules", "sql"],
    lower: ["tables", "rules", "sql"],
    packages: DRIZZLE,
  },
  client: {
    files: /^stock\/client\/[\w-]+\.ts$/,
    near: ["client", "deps", "db", "meter", "queries", "rules"],
    lower: ["rules"],
    packages: undefined,
  },
  signature: { files: named("signature"), near: [], lower: [], packages: /^standardwebhooks$/ },
  contract: {
    files: named("contract"),
    near: ["contract", "http", "errors", "rules"],
    lower: ["contract", "rules"],
    packages: ZOD,
  },
  routes: {
    files: named("routes"),
    near: ["contract", "json", "verb", "http", "errors", "rules"],
    lower: ["contract", "json", "rules"],
    packages: HONO,
  },
  json: {
    files: named("json"),
    near: ["json", "contract", "rules", "verb", "format", "http", "errors"],
    lower: ["json", "contract", "format", "rules"],
    packages: undefined,
  },
  // A format that a package reads.
  format: { files: named("(?:csv|phone)"), near: ["rules"], lower: ["rules"], packages: /^(papaparse|libphonenumber-js\/min)$/ },
  verb: {
    files: new RegExp(`^(?:${ROOM})/[\\w-]+\\.ts$`),
    near: ["verb", "client", "deps", "errors", "queries", "rules", "sql", "db", "signature"],
    lower: ["verb", "client", "queries", "rules", "sql"],
    packages: undefined,
  },
};

/** The role of a file, or `undefined` where the table knows none. */
export function roleOf(path: string): string | undefined {
  return Object.entries(ROLES).find(([, { files }]) => files.test(path))?.[0];
}

/** The slice of a file and the place of its room among the slice's, counted from 0; -1 below them all. */
export function placeOf(path: string): { slice: string | undefined; room: number } {
  const [slice = "", room = ""] = path.split("/");
  const rooms = SLICES[slice];
  return rooms ? { slice, room: rooms.indexOf(room) } : { slice: undefined, room: -1 };
}

/** The place of a slice among all, lower first. */
export function sliceNo(slice: string): number {
  return Object.keys(SLICES).indexOf(slice);
}

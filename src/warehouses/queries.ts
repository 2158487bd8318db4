import { type SQL, sql } from "drizzle-orm";
import { type Query, row, rows, write, oneValue } from "../db/client.ts";
import type { DeliveryMethod } from "./rules/delivery.ts";
import { neighboursJson, type ValueOrSql } from "./postal-queries.ts";
import type { KnownCode } from "./rules/locate.ts";
import type { WarehouseContents } from "./rules/contents.ts";
import { inPresentCountries, type KeptWarehouse, type Warehouse, type WarehouseFields } from "./rules/rank.ts";
import { deliveryMethods, warehouses } from "./tables.ts";

/** The whole list must fit into an isolate's memory and into one ranking. */
export const MAX_WAREHOUSES = 200;

/** The rows that a ranking needs; `warehouses` is absent if it was not requested. */
export interface RankingRows {
  neighbours: KnownCode[];
  warehouses: Warehouse[] | undefined;
  /** Empty if they were not requested. */
  methods: DeliveryMethod[];
}

/**
 * Reads the rows that a ranking needs, in one statement, so that it fits into any batch.
 * @param code as it was entered, or SQL for a stored one; four rows at most are read for it  @param wanted which lists to include
 */
export function findRankingRows(
  country: ValueOrSql,
  code: ValueOrSql | undefined,
  wanted: { warehouses: boolean; methods: boolean },
): Query<RankingRows> {
  const found = row<Record<"neighbours" | "warehouses" | "methods", string | null>>(sql`
    SELECT ${code === undefined ? NULL : neighboursJson(country, code)} AS "neighbours",
      ${wanted.warehouses ? WAREHOUSES_JSON : NULL} AS "warehouses", ${wanted.methods ? METHODS_JSON : NULL} AS "methods"`);
  return {
    statement: found.statement,
    read: (result) => {
      const { neighbours = null, warehouses: list = null, methods = null } = found.read(result) ?? {};
      return {
        neighbours: neighbours === null ? [] : (JSON.parse(neighbours) as KnownCode[]),
        warehouses: list === null ? undefined : (JSON.parse(list) as Warehouse[]).map(inPresentCountries),
        methods: methods === null ? [] : (JSON.parse(methods) as DeliveryMethod[]),
      };
    },
  };
}

const WAREHOUSE_JSON = sql`json_object(
  'warehouseId', warehouse_id, 'position', position, 'name', name, 'status', status, 'country', country,
  'postalCode', postal_code, 'latitude', latitude, 'longitude', longitude,
  'allowsSelfService', json(iif(allows_self_service, 'true', 'false')),
  'servedPostalCodes', json(served_postal_codes), 'shipsTo', json(ships_to))`;

const NULL = sql`NULL`;

const METHODS_JSON = sql`(
  SELECT json_group_array(json_object('method', method, 'name', name, 'costMinor', cost_minor, 'days', days,
    'requiresAddress', json(iif(requires_address, 'true', 'false')))) FROM ${deliveryMethods})`;

const WAREHOUSES_JSON = sql`(SELECT json_group_array(${WAREHOUSE_JSON}) FROM ${warehouses})`;

/** All warehouses, archived ones included. */
export function findWarehouses(): Query<Warehouse[]> {
  const found = rows<{ json: string }>(sql`SELECT ${WAREHOUSE_JSON} AS "json" FROM ${warehouses}`);
  return {
    statement: found.statement,
    read: (result) => found.read(result).map(({ json }) => inPresentCountries(JSON.parse(json) as Warehouse)),
  };
}

/** One warehouse, archived or not. */
export function findWarehouse(warehouseId: string): Query<KeptWarehouse | undefined> {
  const found = row<{ json: string; revision: number }>(
    sql`SELECT ${WAREHOUSE_JSON} AS "json", revision AS "revision" FROM ${warehouses} WHERE warehouse_id = ${warehouseId}`,
  );
  return {
    statement: found.statement,
    read: (result) => {
      const one = found.read(result);
      return one && { ...inPresentCountries(JSON.parse(one.json) as Warehouse), revision: one.revision };
    },
  };
}

/** All delivery methods of the shop. */
export function findDeliveryMethods(): Query<DeliveryMethod[]> {
  const found = rows<Omit<DeliveryMethod, "requiresAddress"> & { requiresAddress: 0 | 1 }>(
    sql`SELECT method, name, cost_minor AS "costMinor", days, requires_address AS "requiresAddress" FROM ${deliveryMethods}`,
  );
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ requiresAddress, ...method }) => ({ ...method, requiresAddress: requiresAddress === 1 })),
  };
}

/** The same as one value, for `inOne`. */
export function deliveryMethodsValue() {
  return oneValue("methods", METHODS_JSON, (json) => JSON.parse(json) as DeliveryMethod[]);
}

/**
 * Writes a new warehouse in the last position. If the shop has `MAX_WAREHOUSES`, `position` becomes NULL, so that NOT NULL fails the
 * whole batch.
 */
export function insertWarehouse(warehouse: Omit<Warehouse, "position">): Query<number> {
  const { warehouseId, ...fields } = warehouse;
  const { columns, values } = columnsOf(fields);
  return write(sql`
    INSERT INTO ${warehouses} (warehouse_id, position, ${sql.join(columns, sql`, `)})
    SELECT ${warehouseId}, iif(count(*) < ${MAX_WAREHOUSES}, coalesce(max(position), 0) + 1, NULL), ${sql.join(values, sql`, `)}
    FROM ${warehouses}`);
}

/** From a view of D1, because most of it belongs to slices that are built on this one. */
export function findContents(warehouseId: string): Query<WarehouseContents | undefined> {
  type Lists = "products" | "transfers" | "orders";
  const found = row<Omit<WarehouseContents, Lists> & Record<Lists, string>>(sql`
    SELECT on_hand AS "onHand", reserved, allocated, open_transfers AS "openTransfers", unshipped_orders AS "unshippedOrders",
      pending_movements AS "pendingMovements", products, transfers, orders
    FROM warehouse_contents WHERE warehouse_id = ${warehouseId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const one = found.read(result);
      if (!one) return undefined;
      const { products, transfers, orders, ...figures } = one;
      return {
        ...figures,
        products: JSON.parse(products) as WarehouseContents["products"],
        transfers: JSON.parse(transfers) as string[],
        orders: JSON.parse(orders) as string[],
      };
    },
  };
}

/**
 * Changes at least one field of a warehouse that is still as it was read. Where it is not, or an active one is to be archived and is not
 * empty, its status becomes NULL, so that NOT NULL fails the whole batch.
 */
export function updateWarehouse(
  { warehouseId, revision }: Pick<KeptWarehouse, "warehouseId" | "revision">,
  { status, ...changes }: Partial<WarehouseFields>,
): Query<number> {
  const { columns, values } = columnsOf(changes);
  const archived = sql`iif(status = 'archived' OR EXISTS (
    SELECT 1 FROM warehouse_contents c WHERE c.warehouse_id = warehouses.warehouse_id
      AND c.on_hand + c.open_transfers + c.unshipped_orders + c.pending_movements = 0), 'archived', NULL)`;
  const sets = columns.map((column, index) => sql`${column} = ${values[index]}`);
  const next = status === "archived" ? archived : sql`${status ?? sql`status`}`;
  sets.push(sql`status = iif(revision = ${revision}, ${next}, NULL)`);
  return write(sql`UPDATE ${warehouses} SET ${sql.join(sets, sql`, `)} WHERE warehouse_id = ${warehouseId}`);
}

/** The columns and stored values of fields: booleans as 0 and 1, lists as JSON. */
function columnsOf(fields: Partial<WarehouseFields>): { columns: SQL[]; values: SQL[] } {
  const entries = Object.entries(fields);
  return {
    columns: entries.map(([field]) => sql`${sql.identifier(warehouses[field as keyof WarehouseFields].name)}`),
    values: entries.map(
      ([, value]) => sql`${typeof value === "boolean" ? Number(value) : Array.isArray(value) ? JSON.stringify(value) : value}`,
    ),
  };
}

/** Writes a delivery method that is still as it was read. Where it is not, its name becomes NULL, so that NOT NULL fails the whole batch. */
export function upsertDeliveryMethod(
  read: DeliveryMethod | undefined,
  { method, name, costMinor, days, requiresAddress }: DeliveryMethod,
): Query<number> {
  const former = [read?.name, read?.costMinor, read?.days, read && Number(read.requiresAddress)].map(
    (value) => sql`${value ?? null}`,
  );
  const isAsRead = sql`(name, cost_minor, days, requires_address) IS (${sql.join(former, sql`, `)})`;
  return write(sql`
    INSERT INTO ${deliveryMethods} (method, name, cost_minor, days, requires_address)
    VALUES (${method}, ${name}, ${costMinor}, ${days}, ${Number(requiresAddress)})
    ON CONFLICT (method) DO UPDATE SET name = iif(${isAsRead}, excluded.name, NULL), cost_minor = excluded.cost_minor,
      days = excluded.days, requires_address = excluded.requires_address`);
}

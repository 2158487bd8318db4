import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { assignedCode } from "../rules/countries.ts";
import type { ValueOrSql } from "./postal-queries.ts";
import { findRankingRows } from "./queries.ts";
import type { DeliveryMethod } from "./rules/delivery.ts";
import { type KnownCode, placeOf } from "./rules/locate.ts";
import { normalisePostalCode } from "./rules/postal-code.ts";
import { type Edge, type Ranking, rankWarehouses, type Warehouse } from "./rules/rank.ts";

/** How long an isolate may rank by its cached list of warehouses. */
const CACHE_MS = 30_000;

/** The destination in a request. */
export interface Destination {
  country: string;
  /** As it was entered. */
  postalCode?: string | undefined;
  edge?: Edge | undefined;
}

/** Ranks the warehouses for one destination; `selfService` keeps those where customers may collect orders. */
export type RankFor = (options: { selfService: boolean }) => Ranking;

/** The delivery to one destination. */
export interface Delivery {
  /** All methods of the shop. */
  methods: readonly DeliveryMethod[];
  rank: RankFor;
}

/** Like `rankingQuery`, with the delivery methods, in one statement. */
export function deliveryQuery(deps: Deps, destination: Destination): Query<Delivery> {
  const found = storedDeliveryQuery(deps, destination.country, destination.postalCode);
  return {
    statement: found.statement,
    read: (result) => {
      const { methods, rank } = found.read(result);
      return { methods, rank: (options) => rank(destination, options) };
    },
  };
}

/**
 * The one query that a ranking needs, for the caller's own batch. Its answer is the function that ranks:
 * `const { rank } = await deps.db.batch("quote", { lines: findSellables(wanted), rank: rankingQuery(deps, destination) })`.
 */
export function rankingQuery(deps: Deps, destination: Destination): Query<RankFor> {
  const found = storedRankingQuery(deps, destination.country, destination.postalCode);
  return {
    statement: found.statement,
    read: (result) => {
      const rank = found.read(result);
      return (options) => rank(destination, options);
    },
  };
}

/**
 * Like `rankingQuery`, for a destination stored in D1, which is passed to the answer once it was read.
 * @param code as it was entered, or SQL for a stored one
 */
export function storedRankingQuery(deps: Deps, country: ValueOrSql, code: ValueOrSql | undefined): Query<RankStored> {
  const found = storedDeliveryQuery(deps, country, code, false);
  return { statement: found.statement, read: (result) => found.read(result).rank };
}

/** Ranks for a destination that the batch has read. */
type RankStored = (destination: Destination, options: { selfService: boolean }) => Ranking;

/** Like `deliveryQuery`, for a destination stored in D1. @param code as `findRankingRows` takes it  @param withMethods whether to read the methods too */
export function storedDeliveryQuery(
  deps: Deps,
  country: ValueOrSql,
  code: ValueOrSql | undefined,
  withMethods = true,
): Query<{ methods: DeliveryMethod[]; rank: RankStored }> {
  const cached = freshWarehouses(deps);
  const found = findRankingRows(country, code, { warehouses: cached === undefined, methods: withMethods });
  return {
    statement: found.statement,
    read: (result) => {
      const { neighbours, warehouses, methods } = found.read(result);
      if (warehouses) deps.cache.warehouses = { list: warehouses, readAtMs: deps.nowMs() };
      const list = warehouses ?? cached ?? [];
      const rank: RankStored = ({ edge, ...destination }, options) =>
        rankWarehouses(list, customerOf(destination, neighbours, edge), options);
      return { methods, rank };
    },
  };
}

function customerOf(
  { country: given, postalCode: entered }: Destination,
  neighbours: readonly KnownCode[],
  edge: Edge | undefined,
) {
  const country = assignedCode(given);
  if (entered === undefined) return { country, edge };
  const postalCode = normalisePostalCode(country, entered);
  return { country, postalCode, place: placeOf(country, postalCode, neighbours), edge };
}

/**
 * Ranks, and refuses if no warehouse may supply.
 * @throws Refusal `country_not_served`, or `self_service_unavailable` if warehouses ship there but none allows collection
 */
export function rankOrRefuse(rank: RankFor, country: string, options: { selfService: boolean }): Ranking {
  const ranking = rank(options);
  if (ranking.ranking.length > 0) return ranking;
  if (rank({ selfService: false }).ranking.length === 0) {
    throw new Refusal("country_not_served", `No warehouse ships to ${country}.`, {
      errors: [{ field: "country", message: "no warehouse ships there" }],
    });
  }
  throw new Refusal("self_service_unavailable", `No warehouse that ships to ${country} offers self-service.`, {
    errors: [{ field: "delivery_method", message: "self_service is not available" }],
  });
}

function freshWarehouses(deps: Deps): Warehouse[] | undefined {
  const { warehouses } = deps.cache;
  return warehouses && deps.nowMs() - warehouses.readAtMs <= CACHE_MS ? warehouses.list : undefined;
}

import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { findRankingRows, type Known } from "./queries.ts";
import type { DeliveryMethod } from "./rules/delivery.ts";
import { normalisePostalCode, placeOf } from "./rules/postal-code.ts";
import { type Edge, type Ranking, rankWarehouses, type Warehouse } from "./rules/rank.ts";

/** DESIGN §5: an isolate may rank by a list of warehouses that is this old. */
const CACHE_MS = 30_000;

/** Where an order goes, as the request says it. */
export interface Destination {
  country: string;
  /** As it was typed. */
  postalCode?: string | undefined;
  edge?: Edge | undefined;
}

/** Ranks the warehouses for one destination; `selfService` keeps those that hand orders over themselves. */
export type RankFor = (options: { selfService: boolean }) => Ranking;

/** How orders can reach one destination. */
export interface Delivery {
  /** Every way that the shop offers. */
  methods: readonly DeliveryMethod[];
  rank: RankFor;
}

/** Reads how orders can reach a destination, in one statement: what `rankingQuery` gives, and the delivery methods. */
export function deliveryQuery(deps: Deps, destination: Destination): Query<Delivery> {
  const found = storedDeliveryQuery(deps, destination.country, normalisedCode(destination));
  return {
    statement: found.statement,
    read: (result) => {
      const { methods, rank } = found.read(result);
      return { methods, rank: (options) => rank(destination, options) };
    },
  };
}

/**
 * Makes the one query that ranking needs, for the caller's own batch. Its answer is the function that ranks:
 * `const [lines, rank] = await deps.db.batch(findSellables(wanted), rankingQuery(deps, destination))`.
 */
export function rankingQuery(deps: Deps, destination: Destination): Query<RankFor> {
  const found = storedRankingQuery(deps, destination.country, normalisedCode(destination));
  return {
    statement: found.statement,
    read: (result) => {
      const rank = found.read(result);
      return (options) => rank(destination, options);
    },
  };
}

/**
 * The same for a destination that only D1 knows: it is told when it was read.
 * @param code normalised
 */
export function storedRankingQuery(deps: Deps, country: Known, code: Known | undefined): Query<RankStored> {
  const found = storedDeliveryQuery(deps, country, code, false);
  return { statement: found.statement, read: (result) => found.read(result).rank };
}

/** Ranks for a destination that is told when D1 was read. */
type RankStored = (destination: Destination, options: { selfService: boolean }) => Ranking;

/** `deliveryQuery` for a destination that only D1 knows. @param code normalised  @param withMethods whether the methods are wanted too */
export function storedDeliveryQuery(
  deps: Deps,
  country: Known,
  code: Known | undefined,
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
      const rank: RankStored = ({ edge, ...destination }, options) => {
        const postalCode = normalisedCode(destination);
        const place = postalCode === undefined ? undefined : placeOf(postalCode, neighbours);
        return rankWarehouses(list, { country: destination.country, postalCode, place, edge }, options);
      };
      return { methods, rank };
    },
  };
}

function normalisedCode({ postalCode }: Destination): string | undefined {
  return postalCode === undefined ? undefined : normalisePostalCode(postalCode);
}

/**
 * Ranks, and refuses when nobody could supply.
 * @throws Refusal `country_not_served`, or `self_service_unavailable` when warehouses ship there but none hands orders over
 */
export function rankOrRefuse(rank: RankFor, country: string, options: { selfService: boolean }): Ranking {
  const ranking = rank(options);
  if (ranking.ranking.length > 0) return ranking;
  if (rank({ selfService: false }).ranking.length === 0) {
    throw new Refusal("country_not_served", `No warehouse ships to ${country}.`, {
      errors: [{ field: "country", message: "no warehouse ships there" }],
    });
  }
  throw new Refusal("self_service_unavailable", `No warehouse that ships to ${country} hands orders over itself.`, {
    errors: [{ field: "delivery_method", message: "self_service is not available" }],
  });
}

function freshWarehouses(deps: Deps): Warehouse[] | undefined {
  const { warehouses } = deps.cache;
  return warehouses && deps.nowMs() - warehouses.readAtMs <= CACHE_MS ? warehouses.list : undefined;
}

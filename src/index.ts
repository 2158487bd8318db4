import { createApp } from "./app.ts";
import { bindDeps } from "./bind.ts";
import { resolveHolds } from "./orders/placement/expiry.ts";
import { cutBy, cutOrders, promisedTo } from "./orders/lifecycle/cut-orders.ts";
import { deleteExpiredUnits } from "./carts/loss-queries.ts";
import type { Query } from "./db/client.ts";
import { sweep } from "./cron.ts";
import type { Deps } from "./deps.ts";
import { readCurrency } from "./shop/check-currency.ts";
import { StockObject } from "./stock/object/stock-object.ts";
import type { ExpiredUnits } from "./stock/rules/cart-messages.ts";
import type { Place } from "./stock/rules/levels.ts";
import type { HoldResolution } from "./stock/rules/messages.ts";
import type { OrderUnits, PromisedUnits, ShortageQuestion, UnitCut } from "./stock/rules/shortage-messages.ts";

/** The stock of one product. The overrides give it what orders and carts know, so that `stock` does not depend on them. */
export class StockCounter extends StockObject {
  override async resolveHolds(holdIds: string[]): Promise<HoldResolution[]> {
    return resolveHolds(await this.#deps(), this.ctx.id.name ?? "", holdIds);
  }

  override async cutOrders(question: ShortageQuestion): Promise<UnitCut[]> {
    return cutOrders(await this.#deps(), this.ctx.id.name ?? "", question);
  }

  override promisedTo(place: Place): Promise<PromisedUnits> {
    return promisedTo(bindDeps(this.env, this.ctx).deps, place);
  }

  override cutBy(referenceId: string): Promise<OrderUnits[]> {
    return cutBy(bindDeps(this.env, this.ctx).deps, referenceId);
  }

  override expiredQueries(units: ExpiredUnits[]): Query<unknown>[] {
    return deleteExpiredUnits(units);
  }

  #deps(): Promise<Deps> {
    return withAmounts(this.env, this.ctx);
  }
}

/** Deps for work that states amounts. Whatever the settings are, they are in the decimals that they are stored in. */
async function withAmounts(env: Env, ctx: Pick<ExecutionContext, "waitUntil">): Promise<Deps> {
  const { deps } = bindDeps(env, ctx);
  await readCurrency(deps);
  return deps;
}

const app = createApp(bindDeps);

export default {
  fetch: app.fetch,
  scheduled: async (_controller, env, ctx) => sweep(await withAmounts(env, ctx)),
} satisfies ExportedHandler<Env>;

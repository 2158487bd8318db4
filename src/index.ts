import { createApp } from "./app.ts";
import { bindDeps } from "./bind.ts";
import { resolveHolds } from "./orders/placement/expiry.ts";
import { cutBy, cutOrders, promisedTo } from "./orders/lifecycle/cut-orders.ts";
import { deleteExpiredUnits } from "./carts/loss-queries.ts";
import type { Query } from "./db/client.ts";
import { sweep } from "./cron.ts";
import { StockObject } from "./stock/object/stock-object.ts";
import type { ExpiredUnits } from "./stock/rules/cart-messages.ts";
import type { Place } from "./stock/rules/levels.ts";
import type { HoldResolution } from "./stock/rules/messages.ts";
import type { OrderUnits, PromisedUnits, ShortageQuestion, UnitCut } from "./stock/rules/shortage-messages.ts";

/** The stock of one product. The overrides give it what orders and carts know, so that `stock` does not depend on them. */
export class StockCounter extends StockObject {
  override resolveHolds(holdIds: string[]): Promise<HoldResolution[]> {
    return resolveHolds(bindDeps(this.env, this.ctx).deps, this.ctx.id.name ?? "", holdIds);
  }

  override cutOrders(question: ShortageQuestion): Promise<UnitCut[]> {
    return cutOrders(bindDeps(this.env, this.ctx).deps, this.ctx.id.name ?? "", question);
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
}

const app = createApp(bindDeps);

export default {
  fetch: app.fetch,
  scheduled: (_controller, env, ctx) => sweep(bindDeps(env, ctx).deps),
} satisfies ExportedHandler<Env>;

import { DurableObject } from "cloudflare:workers";
export class StockObject extends DurableObject<Env> {
  async refresh() {}
}

import { env } from "cloudflare:workers";
import { flush } from "../shop/shop.ts";

/** Waits until what runs after the answers has run: every hold committed, every level in D1. */
export async function quiet(productIds: string[]): Promise<void> {
  for (const productId of productIds) {
    for (;;) {
      const levels = await env.STOCK.getByName(productId).levels();
      if (levels.every(({ reserved }) => reserved === 0)) break;
      await scheduler.wait(20);
    }
  }
  await Promise.all(productIds.map(flush));
}

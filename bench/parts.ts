import type { Patch } from "../test/deployed/bundle.ts";

/** A part of placing an order, and the patches of the sources that leave it out. */
interface Part {
  name: string;
  patches: Patch[];
}

/** The first parts are framework and validation, then holds and ledger. Without these, what is left is the same three hops. */
export const BEYOND_HOPS = 2;

/**
 * The parts that the bare Worker lacks, in the order in which they are left out, each in addition to those before it. They apply to orders of
 * one unit of one product, by guests, cash on delivery.
 */
export const PARTS: readonly Part[] = [
  {
    name: "routing, validation, headers, the request log, the order's token",
    patches: [
      {
        file: "index.ts",
        find: `import { createApp }`,
        replace: `import { placeOrder } from "./orders/placement/place-order.ts"; import { createApp }`,
      },
      {
        file: "index.ts",
        find: "fetch: app.fetch,",
        replace: `fetch: async (request, env, ctx) => {
    if (!request.url.endsWith("/orders")) return app.fetch(request, env, ctx);
    const body = await request.json();
    const nothing = { customerEmail: null, customerPhone: null, deliveryAddress: null, address: null, notes: null, promoCode: null, userId: null, tier: null };
    const buyer = { customerName: body.customer_name, postalCode: body.postal_code, country: "IN", paymentMethod: "cod" };
    const items = body.items.map((line) => ({ productId: line.product_id, variantId: line.variant_id, quantity: line.quantity }));
    const wanted = { ...nothing, ...buyer, deliveryMethod: body.delivery_method, items };
    const { order } = await placeOrder(bindDeps(env, ctx).deps, wanted, undefined);
    const { orderId: order_id, status, totalMinor: total } = order;
    return Response.json({ order_id, status, items: order.items, total }, { status: 201 });
  },`,
      },
    ],
  },
  {
    name: "holds and ledger: the object does as the bare one",
    patches: [
      {
        file: "stock/object/stock-object.ts",
        find: "return this.#engine.reserve(request);",
        replace: `const lines = request.lines.map((line) => ({ ...line, warehouseId: "BLR" }));
    const levels = lines.flatMap((line) => this.ctx.storage.sql.exec(
      "UPDATE levels SET reserved = reserved + ?1, version = version + 1 WHERE on_hand - reserved - allocated >= ?1 RETURNING on_hand AS onHand, reserved, allocated, version",
      line.quantity).toArray().map((level) => ({ ...line, ...level })));
    return { outcome: "reserved", allocations: lines, levels };`,
      },
      {
        file: "stock/object/stock-object.ts",
        find: `this.#engine.applySale((nowMs) => holdIds.filter((holdId) => endHold(this.#store, holdId, "allocate", nowMs)).length > 0);`,
        replace: `this.ctx.storage.sql.exec("UPDATE levels SET allocated = allocated + ?1, reserved = reserved - ?1", holdIds.length);`,
      },
    ],
  },
  {
    name: "time limits on calls",
    patches: [
      {
        file: "db/client.ts",
        find: "let timer: ReturnType<typeof setTimeout> | undefined;",
        replace: "if (limitMs > 0) return call; let timer;",
      },
    ],
  },
  {
    name: "four of the record's seven statements: timeline, levels, list by warehouse, outbox",
    patches: [
      {
        file: "orders/placement/record.ts",
        find: "webhooks: enqueueWebhook(placed, unshipped(order), decimals, order.createdAtMs),",
        replace: "webhooks: undefined,",
      },
      {
        file: "orders/placement/record.ts",
        find: "order: recordOrder(recorded, deps.by.actor),",
        replace: "order: recordOrder(recorded, deps.by.actor).slice(0, -1),",
      },
      {
        file: "orders/queries.ts",
        find: "...insertAllocations(order, levels, order.createdAtMs),",
        replace: "insertAllocations(order, levels, order.createdAtMs)[0],",
      },
    ],
  },
];

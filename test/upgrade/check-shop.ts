import type { Controls } from "./controls.ts";
import type { Row } from "./raw-state.ts";

/** SQL condition: an order that awaits its payment. */
const UNPAID = "payment_status IN ('pending', 'failed')";
const LIVE = "status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'RETURNED')";
/** A part of an order is moved under the id of its hold, a slash and its own id. */
const HOLD_OF_REFERENCE =
  "iif(instr(reference_id, '/') > 0, substr(reference_id, 1, instr(reference_id, '/') - 1), reference_id)";
/** The units of an allocation that have left. */
const LEFT = "iif(status IN ('COMPLETED', 'RETURNED'), quantity - cancelled - short, shipped)";

/**
 * Checks a shop at quiescence: sold, held and incoming units in D1 against the ledger, levels and holds of each object, by warehouse and
 * hold; D1's copy of the levels; the amounts of every order; and that no action is pending.
 * @returns all differences
 */
export async function checkShop(controls: Controls, productIds: readonly string[]): Promise<string[]> {
  const found = await Promise.all(productIds.map((productId) => checkProduct(controls, productId)));
  return [...found.flat(), ...(await checkDatabase(controls))];
}

async function checkProduct(controls: Controls, productId: string): Promise<string[]> {
  const where = `product_id = '${productId}'`;
  const inObject = (query: string) => controls.query(productId, query);
  const compare = async (what: string, d1: string, object: string) =>
    differences(`${productId}: ${what}`, await controls.queryD1(d1), await inObject(object));
  const audited = (await controls.audit(productId)).map((difference) => `${productId}: audit ${JSON.stringify(difference)}`);
  const found = await Promise.all([
    compare(
      "sold by hold",
      `SELECT hold_id AS hold, variant_id, warehouse_id, sum(quantity - cancelled - short) AS units
       FROM order_allocations JOIN orders USING (order_id)
       WHERE ${where} AND ${LIVE} AND NOT (${UNPAID}) GROUP BY 1, 2, 3 HAVING units <> 0`,
      `SELECT ${HOLD_OF_REFERENCE} AS hold, variant_id, warehouse_id, sum(delta_allocated - delta_on_hand) AS units FROM movements
       WHERE kind IN ('allocate', 'deallocate', 'sale', 'restock') GROUP BY 1, 2, 3 HAVING units <> 0`,
    ),
    checkAllocated(controls, productId),
    compare(
      "held by hold",
      `SELECT hold_id AS hold, variant_id, warehouse_id, sum(quantity) AS units FROM order_allocations JOIN orders USING (order_id)
       WHERE ${where} AND status = 'PENDING' AND ${UNPAID} GROUP BY 1, 2, 3`,
      `SELECT hold_id AS hold, variant_id, warehouse_id, sum(quantity) AS units FROM holds WHERE purpose <> 'cart' GROUP BY 1, 2, 3`,
    ),
    compare(
      "returned",
      `SELECT variant_id, warehouse_id, sum(quantity) AS units FROM return_items WHERE ${where} AND condition = 'sellable' GROUP BY 1, 2`,
      `SELECT variant_id, warehouse_id, sum(delta_on_hand) AS units FROM movements WHERE kind = 'return' GROUP BY 1, 2`,
    ),
    compare(
      "in transit between warehouses",
      `SELECT variant_id, sum(quantity - received) AS units FROM transfer_items JOIN transfers USING (transfer_id)
       WHERE ${where} AND status IN ('in_transit', 'received') GROUP BY 1 HAVING units <> 0`,
      `SELECT variant_id, -sum(delta_on_hand) AS units FROM movements WHERE kind IN ('transfer_out', 'transfer_in')
       GROUP BY 1 HAVING units <> 0`,
    ),
    compare(
      "copy of the levels",
      `SELECT variant_id, warehouse_id, on_hand, reserved, allocated, version FROM stock_levels WHERE ${where}`,
      "SELECT variant_id, warehouse_id, on_hand, reserved, allocated, version FROM levels",
    ),
    compare(
      "copy of the movements",
      `SELECT seq, kind, delta_on_hand, reference_id FROM stock_movements WHERE ${where}`,
      "SELECT seq, kind, delta_on_hand, reference_id FROM movements WHERE delta_on_hand <> 0",
    ),
  ]);
  return [...audited, ...found.flat()];
}

/** Sold units that have not left are allocated to the hold of their order, unless a release before 0.4.0 sold them. */
async function checkAllocated(controls: Controls, productId: string): Promise<string[]> {
  const sold = await controls.queryD1(
    `SELECT hold_id AS hold, variant_id, warehouse_id, sum(quantity - cancelled - short - ${LEFT}) AS units
     FROM order_allocations JOIN orders USING (order_id)
     WHERE product_id = '${productId}' AND ${LIVE} AND NOT (${UNPAID}) GROUP BY 1, 2, 3 HAVING units > 0`,
  );
  const former = await controls.query(productId, "SELECT DISTINCT reference_id AS hold FROM movements WHERE kind = 'sale'");
  const isFormer = new Set(former.map(({ hold }) => hold));
  const allocated = await controls.query(
    productId,
    "SELECT hold_id AS hold, variant_id, warehouse_id, quantity AS units FROM allocations",
  );
  const due = sold.filter(({ hold }) => !isFormer.has(hold));
  return differences(`${productId}: allocated by hold`, due, allocated);
}

async function checkDatabase(controls: Controls): Promise<string[]> {
  const none = async (what: string, query: string) =>
    (await controls.queryD1(query)).map((row) => `${what}: ${JSON.stringify(row)}`);
  const found = await Promise.all([
    none("pending stock action", "SELECT action_id FROM stock_actions"),
    none("transfer never dispatched", "SELECT transfer_id FROM transfers WHERE status = 'dispatching'"),
    none("fenced but recorded", "SELECT order_id FROM orders JOIN fences ON id IN (hold_id, order_id)"),
    none(
      "amounts do not add up",
      `SELECT order_id FROM orders WHERE
         total_minor <> subtotal_minor - discount_minor + delivery_cost_minor + iif(tax_included, 0, tax_minor)
         OR subtotal_minor - discount_minor <> (SELECT sum(line_total_minor) FROM order_items i WHERE i.order_id = orders.order_id)`,
    ),
    none(
      "payment without goods or refund",
      `SELECT order_id, status, payment_status FROM orders WHERE paid_minor > 0 AND (
         paid_minor <> (SELECT total(amount_minor) FROM payments p WHERE p.order_id = orders.order_id)
         OR status IN ('CANCELLED', 'EXPIRED', 'RETURNED') AND paid_minor > refunded_minor AND payment_status <> 'refund_due')`,
    ),
    none(
      "cart with several orders",
      `SELECT cart_id, count(*) AS orders FROM orders WHERE cart_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1`,
    ),
  ]);
  return found.flat();
}

function differences(what: string, d1: readonly Row[], object: readonly Row[]): string[] {
  const [left, right] = [d1, object].map((rows) => new Set(rows.map((row) => JSON.stringify(Object.values(row)))));
  const only = (side: string, some = new Set<string>(), others = new Set<string>()) =>
    [...some].filter((row) => !others.has(row)).map((row) => `${what}: only ${side} has ${row}`);
  return [...only("D1", left, right), ...only("the object", right, left)];
}

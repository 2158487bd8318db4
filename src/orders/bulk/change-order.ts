import { isDatabaseError } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { ERRORS, type ErrorCode, type FieldError, invalidField, Refusal } from "../../errors.ts";
import type { BulkAction } from "../../rules/bulk-orders.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { cancelItems } from "../lifecycle/cancel-items.ts";
import { deleteOrder } from "../lifecycle/delete-order.ts";
import { editOrder } from "../lifecycle/edit-order.ts";
import { moveOrder } from "../lifecycle/move-order.ts";
import { MAX_TAGS } from "../rules/edit.ts";
import type { OrderStatus } from "../rules/statuses.ts";
import type { OrderHistory } from "../rules/timeline.ts";

/** What is done with each order. */
export interface Change {
  action: BulkAction;
  note: string | null;
  /** Of the actions that are about one. */
  tag: string;
}

/** What became of one order. It is kept as JSON. */
export interface OrderResult {
  orderId: string;
  outcome: "changed" | "unchanged" | "refused" | "unresolved";
  /** Null until it is read. */
  status: OrderStatus | null;
  /** Of an order that is refused or unresolved. */
  refused?: Refused;
}

interface Refused {
  code: ErrorCode;
  detail: string;
  errors?: FieldError[];
  members?: Record<string, unknown>;
}

type Act = (deps: Deps, keyed: Keyed | undefined, orderId: string, change: Change) => Promise<Written<OrderHistory>>;

/** Each action with the verb of a single order. */
const ACTS: Readonly<Record<BulkAction, Act>> = {
  process: (deps, keyed, orderId, { note }) => moveOrder(deps, keyed, { orderId, to: "PROCESSING", note }),
  complete: (deps, keyed, orderId, { note }) => moveOrder(deps, keyed, { orderId, to: "COMPLETED", note }),
  cancel: (deps, keyed, orderId, { note }) =>
    cancelItems(deps, keyed, { orderId, items: undefined, reason: note, ownedBy: undefined }),
  delete: (deps, keyed, orderId) => deleteOrder(deps, keyed, orderId),
  add_tag: (deps, keyed, orderId, { tag }) =>
    editOrder(deps, keyed, { orderId, edit: ({ tags }) => ({ tags: withTag(tags, tag) }) }),
  remove_tag: (deps, keyed, orderId, { tag }) =>
    editOrder(deps, keyed, { orderId, edit: ({ tags }) => ({ tags: tags.filter((each) => each !== tag) }) }),
};

/** The status of an order with which the action has been done already. */
const DONE: Partial<Record<BulkAction, OrderStatus>> = { process: "PROCESSING", complete: "COMPLETED", cancel: "CANCELLED" };

/** Does something with an order as a request for it alone would. It throws nothing, so that it does not stop what comes after it. */
export async function changeOrder(deps: Deps, keyed: Keyed | undefined, orderId: string, change: Change): Promise<OrderResult> {
  try {
    const { answer } = await ACTS[change.action](deps, keyed, orderId, change);
    return { orderId, outcome: answer.isUnchanged ? "unchanged" : "changed", status: answer.order.status };
  } catch (error) {
    const refusal = refusalOf(deps, orderId, error);
    const done = DONE[change.action];
    if (refusal.code === "illegal_transition" && refusal.members.status_now === done && done !== undefined) {
      return { orderId, outcome: "unchanged", status: done };
    }
    return refusedResult(orderId, refusal);
  }
}

/** What a refusal makes of an order: what a server answers with 5xx is not decided. */
export function refusedResult(orderId: string, refusal: Refusal): OrderResult {
  const { code, message: detail, errors, members } = refusal;
  const outcome = ERRORS[code].status >= 500 ? "unresolved" : "refused";
  return { orderId, outcome, status: null, refused: { code, detail, ...(errors && { errors }), members } };
}

function refusalOf(deps: Deps, orderId: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  deps.log("order_of_bulk_failed", { order_id: orderId, error: String(error), request_id: deps.by.requestId });
  if (isDatabaseError(error)) return new Refusal("unavailable", "The database does not respond.");
  return new Refusal("internal_error", "Internal error. The log has the details under the request id.");
}

function withTag(tags: string[], tag: string): string[] {
  if (tags.includes(tag)) return tags;
  if (tags.length >= MAX_TAGS) throw invalidField("tag", `the order has ${MAX_TAGS} tags, which is the most`);
  return [...tags, tag];
}

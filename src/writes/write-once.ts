import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { keyReused, Refusal, unresolved } from "../errors.ts";
import { findAnswer, insertAudit, keepAnswer, type KeptAnswer } from "./queries.ts";
import type { Keyed, Written } from "./rules/keyed.ts";
import { type Change, toAudited } from "./rules/change.ts";

/** A planned write: its statements and the answer for when they succeed. */
export interface Plan<A> {
  queries: Query<unknown>[];
  /** Entries for the audit log; only writes of staff, admins and machines are recorded. */
  changes: Change[];
  answer: A;
  status: 200 | 201;
}

/**
 * Runs an idempotent write: the answer is kept in the batch of its effect, so of two concurrent requests with one key, one acts and both
 * get the same answer.
 * @param plan reads and validates; not called if the key already has an answer
 * @param conflict maps a failure of D1 to a refusal, if it knows the failure
 * @throws Refusal `idempotency_key_reused` for another body under the key; `unresolved` when D1 did not confirm the write
 */
export async function writeOnce<A>(
  deps: Deps,
  keyed: Keyed | undefined,
  plan: () => Promise<Plan<A>>,
  conflict: (error: unknown) => Refusal | undefined = () => undefined,
): Promise<Written<A>> {
  const before = keyed && (await keptAnswer<A>(deps, keyed));
  if (before) return before;
  const planned = await plan().catch((error: unknown) => keptOrRefused<A>(deps, keyed, error));
  if ("replayed" in planned) return planned;
  const { queries, changes, answer, status } = planned;
  const kept = { requestHash: keyed?.requestHash ?? "", status, answer: JSON.stringify(answer) };
  try {
    const keeping = keyed ? [keepAnswer(keyed.id, kept, deps.nowMs())] : [];
    await deps.db.batch("write once", { keeping, queries, audit: auditOf(deps, changes) });
    return { answer, status, replayed: false };
  } catch (error) {
    const known = conflict(error);
    const after = keyed && (await keptAnswer<A>(deps, keyed).catch(asRefusal));
    if (after instanceof Refusal) throw after;
    if (after) return after;
    throw known ?? unresolved("The database did not confirm the write.", keyed ? "same_key" : "look_first", error);
  }
}

/** The statements that record changes in the audit log, for the batch of their effect; none for guests and customers. */
export function auditOf(deps: Deps, changes: readonly Change[]): Query<unknown>[] {
  const { actor, isAudited, requestId } = deps.by;
  if (!isAudited || changes.length === 0) return [];
  const entries = changes.map((change) => ({ ...toAudited(change), auditId: deps.newId() }));
  return [insertAudit(entries, { actor, requestId }, deps.nowMs())];
}

/**
 * A plan may be refused because another request with its key has done by now what it was to do.
 * @returns the answer of that one  @throws what refused the plan, where there is none
 */
async function keptOrRefused<A>(deps: Deps, keyed: Keyed | undefined, error: unknown): Promise<Written<A>> {
  const kept = keyed && error instanceof Refusal && (await keptAnswer<A>(deps, keyed));
  if (!kept) throw error;
  return kept;
}

/** The second read can refuse a reused key; its other failures are ignored. */
function asRefusal(error: unknown): Refusal | undefined {
  return error instanceof Refusal ? error : undefined;
}

/** The answer that a key has. @throws Refusal `idempotency_key_reused` */
export async function keptAnswer<A>(deps: Deps, keyed: Keyed): Promise<Written<A> | undefined> {
  const { kept } = await deps.db.batch("kept answer", { kept: findAnswer(keyed.id) });
  return kept && replay<A>(kept, keyed);
}

function replay<A>(kept: KeptAnswer, keyed: Keyed): Written<A> {
  if (kept.requestHash !== keyed.requestHash) {
    throw keyReused();
  }
  return { answer: JSON.parse(kept.answer) as A, status: kept.status === 201 ? 201 : 200, replayed: true };
}

import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { keyReused, Refusal, unresolved } from "../errors.ts";
import { findAnswer, insertAudit, keepAnswer, type KeptAnswer } from "./queries.ts";
import type { Keyed, Written } from "./rules/keyed.ts";
import { type Change, toAudited } from "./rules/change.ts";

/** What a write will do, decided before it is done: its statements and the answer to give when they succeed. */
export interface Plan<A> {
  queries: Query<unknown>[];
  /** What the audit log keeps of it, where somebody of the shop or a machine does it. */
  changes: Change[];
  answer: A;
  status: 200 | 201;
}

/**
 * Runs a write of D1 that a key may repeat: the answer is kept in the batch of the effect (DESIGN §9), so of two at once one acts
 * and the other hears the same.
 * @param plan reads what it needs and refuses what it must; not called when the key has its answer already
 * @param conflict turns D1's failure into the refusal that it means, if it knows it
 * @throws Refusal `idempotency_key_reused` for another body under the key; `unresolved` when D1 did not say whether it wrote
 */
export async function writeOnce<A>(
  deps: Deps,
  keyed: Keyed | undefined,
  plan: () => Promise<Plan<A>>,
  conflict: (error: unknown) => Refusal | undefined = () => undefined,
): Promise<Written<A>> {
  const before = keyed && (await keptAnswer<A>(deps, keyed));
  if (before) return before;
  const { queries, changes, answer, status } = await plan();
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
    throw known ?? unresolved("The database did not say whether it wrote this.", keyed ? "same_key" : "look_first", error);
  }
}

/** The statements that write changes into the audit log, in the batch of their effect; none where they are a shopper's own. */
export function auditOf(deps: Deps, changes: readonly Change[]): Query<unknown>[] {
  const { actor, isAudited, requestId } = deps.by;
  if (!isAudited || changes.length === 0) return [];
  const entries = changes.map((change) => ({ ...toAudited(change), auditId: deps.newId() }));
  return [insertAudit(entries, { actor, requestId }, deps.nowMs())];
}

/** The second read says either that the key was used otherwise, or nothing. */
function asRefusal(error: unknown): Refusal | undefined {
  return error instanceof Refusal ? error : undefined;
}

async function keptAnswer<A>(deps: Deps, keyed: Keyed): Promise<Written<A> | undefined> {
  const { kept } = await deps.db.batch("kept answer", { kept: findAnswer(keyed.id) });
  return kept && replay<A>(kept, keyed);
}

function replay<A>(kept: KeptAnswer, keyed: Keyed): Written<A> {
  if (kept.requestHash !== keyed.requestHash) {
    throw keyReused();
  }
  return { answer: JSON.parse(kept.answer) as A, status: kept.status === 201 ? 201 : 200, replayed: true };
}

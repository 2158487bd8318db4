import type { Deps } from "../deps.ts";
import { type Refusal, unresolved } from "../errors.ts";
import { failedConstraint } from "./constraint.ts";
import { type Plan, writeOnce } from "./write-once.ts";
import type { Keyed, Written } from "./rules/keyed.ts";

/** How often a change is planned, if others keep changing the record in between. */
const MAX_ATTEMPTS = 3;

/**
 * `writeOnce` with optimistic locking, for a record that others may change too: the UPDATE sets a NOT NULL column to NULL if the record is
 * no longer as it was read, so that the whole batch fails, and the change is planned again from the new state.
 * @param guards that column, such as `orders.status`, and UNIQUE columns that a concurrent change may have taken
 * @throws Refusal of the plan, `unresolved`, `idempotency_key_reused`
 */
export async function writeGuarded<A>(
  deps: Deps,
  keyed: Keyed | undefined,
  guards: string | readonly string[],
  plan: () => Promise<Plan<A>>,
  conflict: (error: unknown) => Refusal | undefined = () => undefined,
): Promise<Written<A>> {
  for (let attempt = 1; ; attempt += 1) {
    let isOvertaken = false;
    const known = (error: unknown) => {
      isOvertaken = [guards].flat().includes(failedConstraint(error) ?? "");
      return conflict(error);
    };
    try {
      return await writeOnce(deps, keyed, plan, known);
    } catch (error) {
      if (!isOvertaken) throw error;
      if (attempt < MAX_ATTEMPTS) continue;
      throw unresolved("Others changed it at the same time, so nothing was written.", keyed ? "same_key" : "again", error);
    }
  }
}

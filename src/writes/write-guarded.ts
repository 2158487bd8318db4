import type { Deps } from "../deps.ts";
import { type Refusal, unresolved } from "../errors.ts";
import { failedConstraint } from "./constraint.ts";
import { type Plan, writeOnce } from "./write-once.ts";
import type { Keyed, Written } from "./rules/keyed.ts";

/** How often a change is decided anew because somebody else changed the record in between. */
const MAX_ATTEMPTS = 3;

/**
 * `writeOnce` for a change of a record that others may change too: its UPDATE sets a NOT NULL column to NULL where the record is no
 * longer as it was read, so that the whole batch fails, and the change is decided anew on what the other left.
 * @param guards that column, such as `orders.status`, and those that are UNIQUE to what the change adds
 * @throws Refusal what the plan refuses, `unresolved`, `idempotency_key_reused`
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
      throw unresolved("Others changed it at the same time; nothing was written.", keyed ? "same_key" : "again", error);
    }
  }
}

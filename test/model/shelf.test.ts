import { describe, it } from "vitest";
import { SMALL } from "./configurations.ts";
import { RULE_NAMES, type RuleName } from "./rules.ts";
import { type Model, search } from "./search.ts";
import { shelf } from "./shelf.ts";

/** More than any small configuration has. */
const LIMIT = 200_000;

/** The small configuration that shows that a rule is needed, where it is not the smallest. */
const SHOWN_BY: Partial<Record<RuleName, string>> = {
  "no more than ordered": "orders",
  "no more back than shipped": "orders",
  "unmoved since shown": "count",
  "a count is a move": "two counts",
  "counts keep promises": "count",
  "missing units are not for sale": "short count",
  "D1 cuts": "short count",
  "decided once": "short count",
  "ended by a decision": "short count",
};

describe("the model of a shelf", () => {
  it.for(SMALL.map((configuration) => ({ ...configuration })))("holds in every state: $name", (configuration, { expect }) => {
    const { isComplete, violation } = search(shelf(configuration), LIMIT);

    expect(violation).toBeUndefined();
    expect(isComplete).toBe(true);
  });

  it.for(RULE_NAMES)("does not hold without the rule: %s", (rule, { expect }) => {
    const shown = SMALL.filter(({ name }) => name === (SHOWN_BY[rule] ?? "upgrade"));

    expect(shown.map((configuration) => search(shelf(configuration, rule), LIMIT).violation)).toEqual([expect.anything()]);
  });
});

describe("the search", () => {
  it("visits every state once", ({ expect }) => {
    expect(search(counter(9), LIMIT)).toEqual({ states: 11, isComplete: true, violation: undefined });
  });

  it("stops at its limit", ({ expect }) => {
    expect(search(counter(9), 5).isComplete).toBe(false);
  });

  it("gives a shortest schedule, with the recovery after it", ({ expect }) => {
    const model = counter(9, (at) => (at === 10 ? "ten" : undefined));

    expect(search(model, LIMIT).violation).toEqual({ problem: "ten", schedule: ["by 4", "by 4", "(recovery) round up"] });
  });
});

/** Counts by 1 or by 4, no further than told. Alone, it goes from 8 to 10. */
function counter(most: number, problemAtRest: (at: number) => string | undefined = () => undefined): Model<{ at: number }> {
  const by = (units: number) => ({
    name: `by ${units}`,
    isRecovery: false,
    can: ({ at }: { at: number }) => at + units <= most,
    run: (state: { at: number }) => void (state.at += units),
  });
  const round = { ...by(2), name: "round up", isRecovery: true, can: ({ at }: { at: number }) => at === 8 };
  return {
    start: { at: 0 },
    steps: [by(1), by(4), round],
    encode: ({ at }) => String(at),
    decode: (code) => ({ at: Number(code) }),
    copy: ({ at }) => ({ at }),
    problemOf: () => undefined,
    problemAtRest: ({ at }) => problemAtRest(at),
  };
}

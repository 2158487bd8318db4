import { describe, it } from "vitest";
import { endOfIntent } from "../../../src/payments/rules/intent.ts";

const refused = (intentStatus: unknown, code = "payment_intent_unexpected_state") =>
  ({ outcome: "refused", code, intentStatus }) as const;

describe("what became of a payment that was to be ended", () => {
  it.for([
    ["it is ended", { outcome: "done", body: { status: "canceled" } }, "ended"],
    ["it had ended before", refused("canceled"), "ended"],
    ["this account never had it", refused(undefined, "resource_missing"), "ended"],
    ["it is being made", refused("processing"), "processing"],
    ["it was made", refused("succeeded"), "processing"],
    ["its money is held", refused("requires_capture"), "processing"],
    ["it stands in another status", { outcome: "done", body: { status: "requires_action" } }, "unknown"],
    ["it was refused for another reason", refused("requires_action"), "unknown"],
    ["Stripe was busy with it", { outcome: "unknown", code: "lock_timeout", intentStatus: "processing" }, "unknown"],
    ["nobody answered", { outcome: "unknown", code: "", intentStatus: undefined }, "unknown"],
  ] as const)("where %s", ([, answer, expected], { expect }) => {
    expect(endOfIntent(answer)).toBe(expected);
  });
});

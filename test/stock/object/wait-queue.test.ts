import { describe, it, vi } from "vitest";
import type { ReserveAnswer, ReserveRequest } from "../../../src/stock/rules/messages.ts";
import { WaitQueue } from "../../../src/stock/object/wait-queue.ts";

const request = (holdId: string): ReserveRequest => {
  return { holdId, lines: [{ variantId: "v", quantity: 1 }], ranking: [], policy: "single", waitMs: 20 };
};

describe("an error while a request waits", () => {
  it("fails only that request, and the others are served", async ({ expect }) => {
    const attempt = vi.fn<() => ReserveAnswer>(() => ({ outcome: "ended" }));
    attempt.mockImplementationOnce(() => {
      throw new Error("the storage failed");
    });
    const line = new WaitQueue(attempt);

    const [first, second] = await Promise.allSettled([line.enqueue(request("a.1")), line.enqueue(request("b.1"))]);

    expect(first).toMatchObject({ status: "rejected" });
    expect(second).toEqual({ status: "fulfilled", value: { outcome: "ended" } });
    expect(line.hasWaitersFor(request("c.1"))).toBe(false);
  });
});

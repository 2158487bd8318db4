import { describe, it } from "vitest";
import { auditAll, summaryOf } from "../../scripts/support/audit.js";
import type { Call } from "../../scripts/support/api.js";

const difference = (productId: string, where: "ledger" | "projection") => ({
  product_id: productId,
  where,
  what: "on_hand",
  variant_id: "v",
  warehouse_id: "BLR",
  expected: 5,
  found: 6,
});

/** A server that answers one page after the other. @returns it, and what it was asked */
function serverOf(pages: object[]) {
  const asked: unknown[] = [];
  const send = ({ body }: Call) => {
    asked.push(body);
    return Promise.resolve({ status: 200, body: pages[asked.length - 1] });
  };
  return { api: { url: "http://holdfast.test", send }, asked };
}

describe("npm run audit", () => {
  it("pages through all products and adds up what was found", async ({ expect }) => {
    const none = { differences: [], repaired: [], unanswered: [] };
    const { api, asked } = serverOf([
      {
        ...none,
        checked: 2,
        differences: [difference("a", "projection")],
        repaired: ["a"],
        next_cursor: "c",
        progress: { done: 2, total: 3 },
      },
      { ...none, checked: 0, unanswered: ["b"], next_cursor: null, progress: { done: 3, total: 3 } },
    ]);

    const audited = await auditAll(api, { repair: false });

    expect(asked).toEqual([
      { limit: 50, repair: false },
      { limit: 50, repair: false, cursor: "c" },
    ]);
    expect(audited).toEqual({ checked: 2, differences: [difference("a", "projection")], repaired: ["a"], unanswered: ["b"] });
  });

  it("says where each figure is wrong, and what it has to be", ({ expect }) => {
    const missing = { ...difference("b", "projection"), what: "movements", variant_id: null, warehouse_id: null, found: null };
    const differences = [difference("a", "ledger"), missing];

    const lines = summaryOf({ checked: 1_200, differences, repaired: ["b"], unanswered: [] });

    expect(lines).toEqual([
      "a (v in BLR): ledger on_hand is 6, expected 5",
      "b: projection movements is missing, expected 5",
      "1,200 products checked, 2 with differences, 1 being written anew",
    ]);
  });
});

import { beforeAll, describe, it } from "vitest";
import { acknowledgeAlert } from "../../src/events/acknowledge-alert.ts";
import { cutAct, everyCut } from "../support/cuts.ts";
import { openedAlert } from "../support/events/alerts.ts";
import { atD1, FAULTS, faultyWorker, waitingAt } from "../support/faults.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

/** More batches than an acknowledgement makes: the kept answer, the read, the write, and the kept answer again. */
const TOO_MANY = 6;

beforeAll(demoWarehouses);

const noteOf = async (alertId: string) => {
  const [alert] = await sqlInD1<{ note: string | null }>("SELECT note FROM alerts WHERE alert_id = ?", alertId);
  return alert?.note;
};

describe("acknowledging an alert", () => {
  it.for(FAULTS)("cut at every step (%s): a retry with the key acknowledges it once", async (fault, { expect }) => {
    const { steps } = await everyCut(TOO_MANY, async (at) => {
      const [alertId, key] = [await openedAlert(), newId("key")];
      const keyed = { id: key, requestHash: "hash" };
      const isCut = await cutAct(({ deps }) => acknowledgeAlert(deps, keyed, alertId, "Seen"), at, fault);

      const { answer } = await acknowledgeAlert(faultyWorker().deps, keyed, alertId, "Seen");
      const again = await acknowledgeAlert(faultyWorker().deps, keyed, alertId, "Seen");

      expect([answer.note, await noteOf(alertId), again.replayed], `${fault} at ${at}`).toEqual(["Seen", "Seen", true]);
      expect(again.answer).toEqual(answer);
      return { isCut };
    });

    expect(steps).toBeGreaterThanOrEqual(3);
    expect(steps).toBeLessThan(TOO_MANY);
  });

  it("that closes meanwhile is refused, and leaves no note", async ({ expect }) => {
    const alertId = await openedAlert();
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const late = acknowledgeAlert(worker.deps, undefined, alertId, "Late");
    await waits;
    await sqlInD1("UPDATE alerts SET closed_at_ms = 9 WHERE alert_id = ?", alertId);
    goOn();

    await expect(late).rejects.toMatchObject({ code: "alert_closed" });
    expect(await noteOf(alertId)).toBeNull();
  });

  it("that another acknowledges meanwhile is decided anew, so that the audit log tells both in their order", async ({
    expect,
  }) => {
    const alertId = await openedAlert();
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const late = acknowledgeAlert(worker.deps, undefined, alertId, "Second");
    await waits;
    const first = await acknowledgeAlert(faultyWorker().deps, undefined, alertId, "First");
    goOn();

    const { answer } = await late;

    expect(answer.acknowledgedAtMs).toBeGreaterThan(first.answer.acknowledgedAtMs ?? 0);
    expect(await noteOf(alertId)).toBe("Second");
  });
});

import fc from "fast-check";
import { lines, MINUTE_MS, NOBODY, WAREHOUSES } from "./arbitraries.ts";
import { newCall } from "./calls.ts";

// The property test's steps about transfers and returns.

/** Only a few transfer ids, so that dispatching and taking back occur in every order. */
const transferIds = fc.nat(5).map((number) => `TRF-${number}`);

const dispatches = fc
  .tuple(transferIds, lines, fc.constantFrom(...WAREHOUSES), fc.integer({ min: 0, max: 3 }))
  .map(([transferId, wanted, warehouseId, wait]) =>
    newCall(`dispatch ${transferId}, ${JSON.stringify(wanted)} from ${warehouseId} within ${wait} minutes`, () => ({
      to: "dispatch",
      dispatch: {
        transferId,
        warehouseId,
        lines: wanted,
        byMs: Date.now() + wait * MINUTE_MS,
        ...NOBODY,
        externalReference: null,
      },
    })),
  );

const takesBack = transferIds.map((transferId) => newCall(`take back ${transferId}`, () => ({ to: "takeBack", transferId })));

const arrivals = fc
  .tuple(fc.constantFrom("return", "transfer_in"), fc.nat(5), lines, fc.constantFrom(...WAREHOUSES))
  .map(([kind, number, came, warehouseId]) =>
    newCall(`${kind} ${number}, ${JSON.stringify(came)} to ${warehouseId}`, () => ({
      to: "bringIn",
      arrival: { kind, referenceId: `IN-${number}`, lines: came.map((line) => ({ ...line, warehouseId })), ...NOBODY },
    })),
  );

/** Each kind of step. */
export const TRANSFER_STEPS = [dispatches, takesBack, arrivals];

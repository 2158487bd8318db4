import type { StockLine } from "./allocate.ts";
import type { FlushRequest } from "./messages.ts";

// Opening stock of an import, and the object's answer (O13).

/** Units that variants of a product get in a warehouse where they never had a movement. */
export interface Opening extends FlushRequest {
  /** The import's; repeating it changes nothing. */
  referenceId: string;
  warehouseId: string;
  /** Each variant once. */
  lines: StockLine[];
  reason: string;
  actor: string;
  /** The id of the request, for the audit log; absent where the audit log has no entry. */
  requestId?: string | undefined;
}

/** What became of a line. `kept`: there had been movements, so nothing was received. */
export interface OpenedLine {
  variantId: string;
  outcome: "received" | "kept";
  onHand: number;
}

import { createRandom, type Random } from "../../support/random.ts";
import { buy, cancel, useCart } from "./shoppers.ts";
import {
  countStock,
  damage,
  issue,
  moveOrder,
  shipOrder,
  pay,
  recall,
  receive,
  refund,
  restock,
  transfer,
  setStock,
  acceptReturn,
} from "./staff.ts";
import { pause, type Workload } from "./workload.ts";

type Action = (workload: Workload, random: Random) => Promise<void>;

/** The actions with their relative frequencies. */
const ACTIONS: readonly [Action, weight: number][] = [
  [buy, 30],
  [useCart, 16],
  [cancel, 8],
  [moveOrder, 14],
  [shipOrder, 8],
  [acceptReturn, 8],
  [pay, 14],
  [refund, 3],
  [restock, 10],
  [issue, 2],
  [setStock, 2],
  [countStock, 5],
  [damage, 3],
  [transfer, 6],
  [receive, 9],
  [recall, 3],
];
const WEIGHTED = ACTIONS.flatMap(([action, weight]) => Array.from({ length: weight }, () => action));
const MAX_THINK_MS = 40;

/** Runs clients concurrently until the workload ends, and waits until each has its last answer. */
export async function runClients(workload: Workload, clients: number): Promise<void> {
  await Promise.all(
    Array.from({ length: clients }, (_, index) => runClient(workload, createRandom(workload.seed * 1_009 + index))),
  );
}

async function runClient(workload: Workload, random: Random): Promise<void> {
  while (!workload.isEnding) {
    await random.pick(WEIGHTED)(workload, random);
    await pause(random.between(0, MAX_THINK_MS));
  }
}

import { createRandom, type Random } from "../../support/random.ts";
import { buy, cancel, shop } from "./shoppers.ts";
import { count, damage, issue, moveOrder, pay, receive, refund, restock, send, state, takeBack } from "./staff.ts";
import { pause, type World } from "./workload.ts";

type Act = (world: World, random: Random) => Promise<void>;

/** How often each is done, beside the others. */
const ACTS: readonly [Act, number][] = [
  [buy, 30],
  [shop, 16],
  [cancel, 8],
  [moveOrder, 14],
  [takeBack, 8],
  [pay, 14],
  [refund, 3],
  [restock, 10],
  [issue, 2],
  [state, 2],
  [count, 5],
  [damage, 3],
  [send, 6],
  [receive, 9],
];
const WEIGHTED = ACTS.flatMap(([act, weight]) => Array.from({ length: weight }, () => act));
const MAX_THINKING_MS = 40;

/** Lets clients act side by side until the world is over, and waits until each has its last answer. */
export async function runClients(world: World, clients: number): Promise<void> {
  await Promise.all(Array.from({ length: clients }, (_, index) => runClient(world, createRandom(world.seed * 1_009 + index))));
}

async function runClient(world: World, random: Random): Promise<void> {
  while (!world.isOver) {
    await random.pick(WEIGHTED)(world, random);
    await pause(random.between(0, MAX_THINKING_MS));
  }
}

import { openConnection } from "./connection.ts";
import { seeded } from "../test/support/random.ts";
import { type Send, type Workload, WORKLOADS } from "./workloads.ts";

// The clients, in a process of their own: each block comes as a message and goes back as one.

/** One block of load: closed loops over kept connections. */
export interface Block {
  url: string;
  workload: Workload;
  connections: number;
  seed: number;
  /** What is answered in this time is not counted. */
  warmMs: number;
  /** How long new requests are sent after that; those under way at its end are waited for and counted. */
  blockMs: number;
}

/** What a block gave. */
export interface Counted {
  /** Times from sending to the whole answer in ms, by the request's name; of successes alone. */
  samples: Record<string, number[]>;
  /** How many answers there were of each status. */
  statuses: Record<number, number>;
  /** From the end of the warming up to the last answer. */
  countedMs: number;
  /** How many rounds of the workload ended, those that were not counted too. */
  finished: number;
}

async function run({ url, workload, connections, seed, warmMs, blockMs }: Block): Promise<Counted> {
  const samples: Record<string, number[]> = {};
  const statuses: Record<number, number> = {};
  const fromMs = performance.now() + warmMs;
  const untilMs = fromMs + blockMs;
  let endedMs = untilMs;
  let finished = 0;
  const client = async (index: number) => {
    const connection = openConnection(new URL(url));
    const random = seeded(seed + index);
    const send: Send = async (name, call) => {
      const sentMs = performance.now();
      const answer = await connection.send(call);
      const answeredMs = performance.now();
      if (answeredMs < fromMs) return answer;
      endedMs = Math.max(endedMs, answeredMs);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status < 300) (samples[name] ??= []).push(answeredMs - sentMs);
      return answer;
    };
    for (; performance.now() < untilMs; finished += 1) await WORKLOADS[workload](send, random);
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => client(index)));
  return { samples, statuses, countedMs: endedMs - fromMs, finished };
}

process.on("message", (block: Block) => {
  void run(block).then((counted) => process.send?.(counted));
});
process.once("disconnect", () => process.exit());

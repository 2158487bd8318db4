import { openConnection } from "./connection.ts";
import { seeded } from "../test/support/random.ts";
import { type Send, type Workload, WORKLOADS } from "./workloads.ts";

// The clients, in a process of their own: each block arrives as a message, and its result is sent back as one.

/** One block of load: closed loops over keep-alive connections. */
export interface Block {
  url: string;
  workload: Workload;
  connections: number;
  seed: number;
  /** Answers during this time are not counted. */
  warmMs: number;
  /** How long new requests are sent after that; those in progress at its end are awaited and counted. */
  blockMs: number;
}

/** The result of a block. */
export interface Counted {
  /** Times from sending to the complete answer in ms, by the request's name; successes only. */
  samples: Record<string, number[]>;
  /** Number of answers by status. */
  statuses: Record<number, number>;
  /** From the end of the warm-up to the last answer. */
  countedMs: number;
  /** Number of rounds of the workload, those of the warm-up included. */
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

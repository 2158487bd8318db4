import type { DurableObject } from "cloudflare:workers";

// The exports of a release's bundle, which the host serves under this name beside the modules that import it.

/** The bindings that the tests use. */
export interface ReleaseEnv extends Pick<Env, "DB"> {
  STOCK: DurableObjectNamespace<TestedCounter>;
}

/** A product's object, with the methods that the tests call directly. */
export class StockCounter extends DurableObject {
  audit(): Promise<object[]>;
  override alarm(): Promise<void>;
}

/** The object extended by `control.js`. */
export class TestedCounter extends StockCounter {
  query(query: string): Record<string, SqlStorageValue>[];
  runAlarm(): Promise<void>;
  abort(): void;
}

declare const worker: {
  fetch: (request: Request, env: object, ctx: ExecutionContext) => Promise<Response>;
  scheduled: (controller: object, env: ReleaseEnv, ctx: ExecutionContext) => Promise<void>;
};
export default worker;

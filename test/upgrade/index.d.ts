import type { DurableObject } from "cloudflare:workers";

// What a release's bundle exports: the host serves it under this name, beside the modules here that import it.

/** What the tests need of what a release is bound to. */
export interface ReleaseEnv extends Pick<Env, "DB"> {
  STOCK: DurableObjectNamespace<TestedCounter>;
}

/** A product's object, of which the tests call what it is asked by nobody else. */
export class StockCounter extends DurableObject {
  audit(): Promise<object[]>;
  override alarm(): Promise<void>;
}

/** The same with what `control.js` adds to it. */
export class TestedCounter extends StockCounter {
  query(query: string): Record<string, SqlStorageValue>[];
  ring(): Promise<void>;
  abort(): void;
}

declare const worker: {
  fetch: (request: Request, env: object, ctx: ExecutionContext) => Promise<Response>;
  scheduled: (controller: object, env: ReleaseEnv, ctx: ExecutionContext) => Promise<void>;
};
export default worker;

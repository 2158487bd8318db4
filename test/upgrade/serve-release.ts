import { join } from "node:path";
import { type Server, startServer } from "../deployed/server.ts";
import type { RecordedRequest } from "./client.ts";
import { Clients } from "./write-shop.ts";

/** An older release: its bundle, and the folders of its migrations and its state. */
export interface OldRelease {
  script: string;
  migrations: string;
  state: string;
}

/** Serves a release while `use` sends requests, then ends it. @param vars settings to override  @returns the requests with their answers */
export async function serveRelease(
  release: OldRelease,
  vars: Record<string, string>,
  end: keyof Pick<Server, "kill" | "stop">,
  use: (clients: Clients) => Promise<void>,
): Promise<RecordedRequest[]> {
  const server = await startServer({
    ...release,
    wrapper: join(import.meta.dirname, "hanging-calls.js"),
    vars: { RATE_LIMITS: "off", REQUEST_LOG: "off", ...vars },
  });
  const clients = new Clients(server.url);
  try {
    await use(clients);
    return clients.requests;
  } finally {
    await server[end]();
  }
}

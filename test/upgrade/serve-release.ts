import { join } from "node:path";
import { type Server, startServer } from "../deployed/server.ts";
import type { Told } from "./client.ts";
import { Clients } from "./write-shop.ts";

/** An older release: its bundle, and where its migrations and its state are. */
export interface OldRelease {
  script: string;
  migrations: string;
  state: string;
}

/** Serves a release for as long as clients ask it, then ends it. @param vars settings that differ @returns what they were told */
export async function serveRelease(
  release: OldRelease,
  vars: Record<string, string>,
  end: keyof Pick<Server, "kill" | "stop">,
  use: (clients: Clients) => Promise<void>,
): Promise<Told[]> {
  const server = await startServer({
    ...release,
    wrapper: join(import.meta.dirname, "hang.js"),
    vars: { RATE_LIMITS: "off", REQUEST_LOG: "off", ...vars },
  });
  const clients = new Clients(server.url);
  try {
    await use(clients);
    return clients.told;
  } finally {
    await server[end]();
  }
}

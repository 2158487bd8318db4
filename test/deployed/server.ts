import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

// Runs what would be deployed in workerd, with its state on disk, in processes that can be killed.

const START_TIMEOUT_MS = 60_000;

/** Secrets of these runs alone. */
export const SECRETS = {
  ADMIN_TOKEN: "run-admin-token-0123456789",
  ID_SECRET: "run-id-secret-0123456789",
  TOKEN_SECRET: "run-token-secret-0123456789",
  JWT_SECRET: "run-jwt-secret-0123456789-0123456789",
};

/** What a host serves. */
export interface HostOptions {
  /** The path of the bundle. */
  script: string;
  /** A module that is the entry instead, and imports the bundle as `./index.js`. */
  wrapper?: string;
  /** Further modules that the wrapper imports: paths by their names. */
  modules?: Record<string, string>;
  /** The folder in which D1 and the objects keep their files. */
  state: string;
  /** 0 for any. */
  port: number;
  /** Variables and secrets beside those of wrangler.toml, which they replace. */
  vars: Record<string, string>;
  /** The folder of D1's migrations if not the project's; `null` for none. */
  migrations?: string | null;
}

/** A Worker that runs. */
export interface Server {
  url: string;
  workerdPid: number;
  /** Kills workerd and its host with SIGKILL, requests in flight or not. */
  kill: () => Promise<void>;
  /** Lets them end by themselves. */
  stop: () => Promise<void>;
}

/** Starts the process that a Worker is to run in. It loads what it needs, and waits for `startServer`; killed before, it leaves nothing. */
export function prepareHost(): ChildProcess {
  return fork(join(import.meta.dirname, "host.ts"), {
    env: { ...process.env, ...SECRETS, WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

/**
 * Starts a Worker, and waits until it answers.
 * @param host a process that was prepared for it, and serves nothing yet
 * @throws Error when it does not start within a minute
 */
export async function startServer(
  options: Partial<HostOptions> & Pick<HostOptions, "script" | "state">,
  host = prepareHost(),
): Promise<Server> {
  const all: HostOptions = { port: 0, ...options, vars: { ...SECRETS, ...options.vars } };
  const said: string[] = [];
  host.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => host.once("close", () => resolve()));
  const timer = setTimeout(() => host.kill("SIGKILL"), START_TIMEOUT_MS);
  host.send(all);
  const ready = await new Promise<{ url: string; workerdPid: number }>((resolve, reject) => {
    host.once("message", (message) => resolve(message as { url: string; workerdPid: number }));
    host.once("close", () => reject(new Error(`The Worker did not start:\n${said.join("").slice(-4_000)}`)));
  });
  clearTimeout(timer);
  const end = async (signal: NodeJS.Signals, workerd: boolean) => {
    if (workerd) killProcess(ready.workerdPid);
    host.kill(signal);
    await ended;
  };
  return { ...ready, kill: () => end("SIGKILL", true), stop: () => end("SIGTERM", false) };
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

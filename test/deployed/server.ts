import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

// Runs the deployed bundle in workerd, with its state on disk, in processes that can be killed.

const START_TIMEOUT_MS = 60_000;

/** Secrets for these runs only. */
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
  /** An entry module that imports the bundle as `./index.js`. */
  wrapper?: string;
  /** Further modules that the wrapper imports: paths by name. */
  modules?: Record<string, string>;
  /** The folder in which D1 and the objects keep their files. */
  state: string;
  /** 0 for any free port. */
  port: number;
  /** Variables and secrets that override or add to those of wrangler.toml. */
  vars: Record<string, string>;
  /** The folder of D1's migrations, if not the project's; `null` for none. */
  migrations?: string | null;
}

/** A running Worker. */
export interface Server {
  url: string;
  workerdPid: number;
  /** Kills workerd and its host with SIGKILL, also with requests in flight. */
  kill: () => Promise<void>;
  /** Ends them by SIGTERM. */
  stop: () => Promise<void>;
}

/** Starts the process for a Worker. It loads its modules and waits for `startServer`; if killed before, it leaves nothing. */
export function prepareHost(): ChildProcess {
  return fork(join(import.meta.dirname, "host.ts"), {
    env: { ...process.env, ...SECRETS, WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

/**
 * Starts a Worker and waits until it is ready.
 * @param host a process from `prepareHost` that serves nothing yet
 * @throws Error if it does not start within a minute
 */
export async function startServer(
  options: Partial<HostOptions> & Pick<HostOptions, "script" | "state">,
  host = prepareHost(),
): Promise<Server> {
  const all: HostOptions = { port: 0, ...options, vars: { ...SECRETS, ...options.vars } };
  const stderr: string[] = [];
  host.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => host.once("close", () => resolve()));
  const timer = setTimeout(() => host.kill("SIGKILL"), START_TIMEOUT_MS);
  host.send(all);
  const ready = await new Promise<{ url: string; workerdPid: number }>((resolve, reject) => {
    host.once("message", (message) => resolve(message as { url: string; workerdPid: number }));
    host.once("close", () => reject(new Error(`The Worker did not start:\n${stderr.join("").slice(-4_000)}`)));
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
    // The process has already exited.
  }
}

import { createApi, healthOf } from "./api.js";
import { readDevVar } from "./dev-vars.js";
import { failure } from "./failure.js";
import { addressOf, freePort, portOf, prepare, runningServer, startServer } from "./server.js";

/** @typedef {import("./api.js").Api} Api */

/**
 * Runs work against the named server, else against the one that runs here, else against one that is started for it.
 * @param {string | undefined} url @param {(api: Api) => Promise<void>} work
 */
export async function withServer(url, work) {
  if (url !== undefined) return work(await apiAt(originOf(url)));
  const local = (await runningServer())?.url ?? addressOf(portOf(process.env.PORT));
  if ((await healthOf(local)) !== undefined) return work(await apiAt(local));
  console.log(`Nothing listens at ${local}: starting a server for this alone.`);
  await prepare();
  const server = await startServer(await freePort(0));
  try {
    await work(ownApi(server));
  } finally {
    await server.stop();
  }
}

/**
 * The API of a server that a script has started itself, whose token is in .dev.vars.
 * @param {{ url: string }} server
 */
export function ownApi({ url }) {
  return createApi(url, readDevVar("ADMIN_TOKEN"));
}

/** @param {string} url */
async function apiAt(url) {
  const status = await healthOf(url);
  if (status === undefined) throw failure(`Nothing listens at ${url}. Start it with: npm run dev`);
  if (status !== 200) throw failure(`${url} is not a healthy Holdfast: GET /health was answered ${status}.`);
  // The token in this machine's .dev.vars must not be sent to another server.
  const token = process.env.ADMIN_TOKEN || (isLoopback(url) ? readDevVar("ADMIN_TOKEN") : undefined);
  if (token === undefined) throw failure(`Set ADMIN_TOKEN to the admin token of ${url}.`);
  return createApi(url, token);
}

/** @param {string} text */
function originOf(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw failure(`--url must be an http address, not ${JSON.stringify(text)}.`);
  return url.origin;
}

/** @param {string} url */
function isLoopback(url) {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

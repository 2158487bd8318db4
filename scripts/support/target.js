import { createApi, healthOf, wrongSettings } from "./api.js";
import { claimFolder, holderOf } from "./claim.js";
import { readDevVar } from "./dev-vars.js";
import { failure } from "./failure.js";
import { freePort, prepare, startServer } from "./server.js";

/** @typedef {import("./api.js").Api} Api */

/**
 * Runs work against the named server, else against the one of this working folder, else against one that is started for it. Never against
 * another server that happens to listen: it may be another shop's.
 * @param {string | undefined} url @param {(api: Api) => Promise<void>} work
 */
export async function withServer(url, work) {
  if (url !== undefined) return work(await apiAt(originOf(url)));
  const claim = await claimFolder({ isTemporary: true });
  if (claim === undefined) return work(ownApi({ url: await urlOfHolder() }));
  try {
    console.log("No server of this folder runs: starting one for this alone.");
    await prepare();
    const server = await startServer(await freePort(0));
    claim.setUrl(server.url);
    try {
      await work(ownApi(server));
    } finally {
      await server.stop();
    }
  } finally {
    claim.release();
  }
}

/**
 * The API of the server of this working folder, whose token is in .dev.vars.
 * @param {{ url: string }} server
 */
export function ownApi({ url }) {
  return createApi(url, readDevVar("ADMIN_TOKEN"));
}

/** @throws a failure where the server of this folder is not one to work with, or does not listen yet */
async function urlOfHolder() {
  const holder = await holderOf();
  if (holder === undefined || holder === "unknown")
    throw failure("Another process holds this folder's state and does not say where it listens. Stop it, then try again.");
  if (holder.isTemporary)
    throw failure(`Another script runs a server of its own here (process ${holder.pid}). Try again when it has ended.`);
  if (holder.url === undefined)
    throw failure(`The server of this folder is starting (process ${holder.pid}). Try again in a moment.`);
  return holder.url;
}

/**
 * The API of a server that the user named. The token in .dev.vars is sent to this folder's own server alone: every copy on this machine
 * listens on the same address, at a port that another may have tomorrow.
 * @param {string} url
 */
async function apiAt(url) {
  const holder = await holderOf();
  const isOwn = typeof holder === "object" && holder.url !== undefined && sameServer(url, holder.url);
  const token = isOwn ? readDevVar("ADMIN_TOKEN") : process.env.ADMIN_TOKEN;
  if (!token)
    throw failure(`${url} is not the server of this folder. Set ADMIN_TOKEN in the environment to that server's admin token.`);
  const health = await healthOf(url);
  if (health === undefined) throw failure(`Nothing listens at ${url}. Start it with: npm run dev`);
  if (health.status !== 200) {
    const problems = wrongSettings(health).map((line) => `\n  ${line}`);
    throw failure(`${url} is not a healthy Holdfast: GET /health was answered ${health.status}.${problems.join("")}`);
  }
  return createApi(url, token);
}

/** @param {string} text */
function originOf(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw failure(`--url must be an http address, not ${JSON.stringify(text)}.`);
  return url.origin;
}

/** Whether two addresses are one port of this machine. @param {string} url @param {string} own */
function sameServer(url, own) {
  const [one, other] = [new URL(url), new URL(own)];
  return one.protocol === other.protocol && one.port === other.port && ["127.0.0.1", "localhost"].includes(one.hostname);
}

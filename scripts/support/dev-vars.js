import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.js";

/** The file that `wrangler dev` reads its secrets from. */
const DEV_VARS = join(ROOT, ".dev.vars");
const OWNER_ONLY = 0o600;
const SECRET_BYTES = 32;

const newSecret = () => randomBytes(SECRET_BYTES).toString("hex");

/** New secrets, one for each that a deployment needs. */
export function newSecrets() {
  return { ADMIN_TOKEN: newSecret(), ID_SECRET: newSecret(), TOKEN_SECRET: newSecret(), JWT_SECRET: newSecret() };
}

/** @type {Record<string, () => string>} */
const DEFAULTS = {
  ADMIN_TOKEN: newSecret,
  ID_SECRET: newSecret,
  TOKEN_SECRET: newSecret,
  JWT_SECRET: newSecret,
  ENVIRONMENT: () => "development",
  // Local development is not limited, or a script of a dozen orders would meet 429.
  RATE_LIMITS: () => "off",
  // A receiver under development runs on the same machine.
  ALLOW_LOCAL_WEBHOOKS: () => "on",
};

/**
 * Writes the settings of local development that the file lacks. Existing ones are never changed.
 * @param {string} path @returns {string[]} the names written
 */
export function ensureDevVars(path = DEV_VARS) {
  const present = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  const missing = Object.entries(DEFAULTS).filter(([name]) => valueOf(present ?? "", name) === undefined);
  if (missing.length === 0) return [];
  const lines = missing.map(([name, make]) => `${name}="${make()}"\n`).join("");
  if (present === undefined) {
    const header = "# Secrets of this machine alone, made by `npm run dev`. Never commit them.\n";
    writeFileSync(path, header + lines, { mode: OWNER_ONLY, flag: "wx" });
  } else {
    appendFileSync(path, present === "" || present.endsWith("\n") ? lines : `\n${lines}`);
  }
  return missing.map(([name]) => name);
}

/**
 * @param {string} name @param {string} path
 * @returns {string | undefined} a setting of local development
 */
export function readDevVar(name, path = DEV_VARS) {
  return existsSync(path) ? valueOf(readFileSync(path, "utf8"), name) : undefined;
}

/**
 * @param {string} [path]
 * @returns {string[]} the names of all settings in the file
 */
export function namesOf(path = DEV_VARS) {
  return existsSync(path) ? [...new Set(settingsOf(readFileSync(path, "utf8")).map(([name]) => name))] : [];
}

/** @param {string} text @param {string} name */
function valueOf(text, name) {
  // As in dotenv, the last of several counts.
  const value = settingsOf(text).findLast(([each]) => each === name)?.[1];
  return value?.replace(/^(["'`])(.*)\1.*$/, "$2");
}

/** @param {string} text @returns {[name: string, value: string][]} */
function settingsOf(text) {
  const lines = text.split("\n").map((line) => /^\s*(?:export\s+)?([\w.]+)\s*=\s*(.*?)\s*$/.exec(line));
  return lines.flatMap((match) => (match?.[1] === undefined ? [] : [[match[1], match[2] ?? ""]]));
}

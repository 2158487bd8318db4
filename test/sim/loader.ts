import { registerHooks } from "node:module";
import type { Mutant } from "./mutants.ts";
import { patched } from "../deployed/bundle.ts";

/** What the sources import of the platform: an object keeps what it is made with. */
const WORKERS = `export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }`;

/**
 * Has the sources loaded as the platform would, with a planted bug where one is named.
 * @throws Error, when the file is read, where what is to be replaced is not in it exactly once
 */
export function loadSources(mutant: Mutant | undefined): void {
  registerHooks({
    resolve(name, context, next) {
      if (name !== "cloudflare:workers") return next(name, context);
      return { url: `data:text/javascript,${encodeURIComponent(WORKERS)}`, shortCircuit: true };
    },
    load(url, context, next) {
      const loaded = next(url, context);
      const patches = mutant?.patches.filter(({ file }) => url.endsWith(`/src/${file}`)) ?? [];
      if (patches.length === 0) return loaded;
      const source = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: patches.reduce(patched, source) };
    },
  });
}

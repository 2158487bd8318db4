import { registerHooks } from "node:module";
import type { Mutant } from "./mutants.ts";
import { patched } from "../deployed/bundle.ts";

/** A stand-in for `cloudflare:workers`: the base class of objects. */
const WORKERS_MODULE = `export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }`;

/**
 * Installs module hooks that load the sources in Node, patched by a mutant if there is one.
 * @throws Error on loading a file that does not contain the text to replace exactly once
 */
export function loadSources(mutant: Mutant | undefined): void {
  registerHooks({
    resolve(name, context, next) {
      if (name !== "cloudflare:workers") return next(name, context);
      return { url: `data:text/javascript,${encodeURIComponent(WORKERS_MODULE)}`, shortCircuit: true };
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

import { registerHooks, type ResolveFnOutput } from "node:module";
import type { Mutant } from "./mutants.ts";
import { patched } from "../deployed/bundle.ts";

/** A stand-in for `cloudflare:workers`: the base class of objects. */
const WORKERS_MODULE = `export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }`;

const resolved = new Map<string, ResolveFnOutput>();

/**
 * Resolves imports of drizzle-orm, and those within it. Its package.json has some 200 KB of exports, which Node parses again for each of
 * them: that takes most of the time in which a process starts.
 * @param resolve as Node does it
 */
function resolveDrizzle(name: string, parentUrl: string, resolve: () => ResolveFnOutput): ResolveFnOutput {
  const isWithin = name.startsWith(".") && parentUrl.includes("/node_modules/drizzle-orm/");
  if (isWithin) return { url: new URL(name, parentUrl).href, format: "module", shortCircuit: true };
  if (!name.startsWith("drizzle-orm")) return resolve();
  const known = resolved.get(name) ?? { ...resolve(), shortCircuit: true };
  resolved.set(name, known);
  return known;
}

/**
 * Installs module hooks that load the sources in Node, patched by a mutant if there is one.
 * @throws Error on loading a file that does not contain the text to replace exactly once
 */
export function loadSources(mutant: Mutant | undefined): void {
  registerHooks({
    resolve(name, context, next) {
      if (name === "cloudflare:workers")
        return { url: `data:text/javascript,${encodeURIComponent(WORKERS_MODULE)}`, shortCircuit: true };
      return resolveDrizzle(name, context.parentURL ?? "", () => next(name, context));
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

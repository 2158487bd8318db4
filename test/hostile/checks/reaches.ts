import { env } from "cloudflare:workers";

// Notes whatever turns to D1, and to which objects, wherever in the isolate it runs. What nothing turned to is as it was.

const toD1 = { times: 0 };
const objects = new Set<string>();

/** How often D1 was turned to so far. */
export function timesToD1(): number {
  return toD1.times;
}

/** How many objects were turned to so far; each is created by the first who does. */
export function objectsReached(): number {
  return objects.size;
}

type Methods = Record<string, (this: unknown, ...given: unknown[]) => unknown>;

function watch(of: object, names: readonly string[], note: (given: unknown) => void): void {
  const methods = of as Methods;
  for (const name of names) {
    const real = methods[name];
    if (!real) throw new Error(`There is no ${name} to watch`);
    methods[name] = function noted(...given) {
      note(given[0]);
      return real.apply(this, given);
    };
  }
}

const noteD1 = () => {
  toD1.times += 1;
};
watch(env.DB, ["prepare", "batch", "exec", "withSession"], noteD1);
watch(Object.getPrototypeOf(env.DB.prepare("SELECT 1")) as object, ["run", "all", "first", "raw"], noteD1);
watch(env.STOCK, ["get", "getByName"], (object) => void objects.add(String(object)));

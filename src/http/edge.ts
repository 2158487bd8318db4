import type { AppContext } from "./context.ts";

/** Where Cloudflare believes a client to be, in decimal degrees; `undefined` where it does not say (local development). */
export function edgeOf(c: AppContext): { latitude: number; longitude: number; country: string } | undefined {
  const cf: Record<string, unknown> = c.req.raw.cf ?? {};
  const [latitude, longitude] = [Number.parseFloat(String(cf.latitude)), Number.parseFloat(String(cf.longitude))];
  if (typeof cf.country !== "string" || !Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined;
  return { latitude, longitude, country: cf.country };
}

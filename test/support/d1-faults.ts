import { env } from "cloudflare:workers";
import { vi } from "vitest";

/** Makes every batch of D1 fail. @returns what ends it */
export function silenceD1(): () => void {
  const batch = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1 is down"));
  const log = vi.spyOn(console, "error").mockReturnValue();
  return () => {
    batch.mockRestore();
    log.mockRestore();
  };
}

/** Has D1 never answer, and the 5 s in which it may pass at once. @returns what ends it */
export function hangD1(): () => void {
  const realTimer = setTimeout;
  const fast = (run: () => void, ms: number) => realTimer(run, ms === 5_000 ? 1 : ms);
  const clock = vi.spyOn(globalThis, "setTimeout").mockImplementation(fast as typeof setTimeout);
  const batch = vi.spyOn(env.DB, "batch").mockReturnValue(new Promise(() => {}));
  return () => {
    clock.mockRestore();
    batch.mockRestore();
  };
}

/** Runs something once between the next answer of D1 and its arrival in the object; it has to take a stub of its own. */
export function duringD1(act: () => Promise<unknown>): void {
  const real = env.DB.batch.bind(env.DB);
  vi.spyOn(env.DB, "batch").mockImplementationOnce(async (statements) => {
    const answer = await real(statements);
    await act();
    return answer;
  });
}

import { env } from "cloudflare:workers";
import { vi } from "vitest";

/** Makes every batch of D1 fail. @returns a function that ends it */
export function silenceD1(): () => void {
  const batch = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1 is down"));
  const log = vi.spyOn(console, "error").mockReturnValue();
  return () => {
    batch.mockRestore();
    log.mockRestore();
  };
}

/** Makes D1 never answer, and its timeout of 5 s fire at once. @returns a function that ends it */
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

/** Runs `act` once, after the next batch of D1 and before its answer arrives in the object; `act` must use its own stub. */
export function duringD1(act: () => Promise<unknown>): void {
  const real = env.DB.batch.bind(env.DB);
  vi.spyOn(env.DB, "batch").mockImplementationOnce(async (statements) => {
    const answer = await real(statements);
    await act();
    return answer;
  });
}

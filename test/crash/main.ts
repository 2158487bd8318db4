import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildRun } from "./bundle-run.ts";
import { check } from "./check.ts";
import { runClients } from "./clients.ts";
import { type Lives, startLives } from "./lives.ts";
import { MUTANTS } from "./mutants.ts";
import { type RunOptions, readOptions } from "./options.ts";
import { untilQuiet } from "./quiet.ts";
import { createRandom, type Random } from "./random.ts";
import { printReport, showProgress } from "./report.ts";
import { openShop } from "./shop.ts";
import { createWorld, pause, type World } from "./world.ts";

const FAULT_RATE = 0.02;
/** How long a life lasts, and how long the next one was away by the shifted clock. */
const LIFE_MS = [1_500, 6_000] as const;
const AWAY_MS = [30_000, 240_000] as const;
/** A run that cannot get its kills in ends all the same. */
const MAX_STRETCH = 3;
const GIVE_UP_MS = 30_000;
const AN_HOUR_MS = 3_600_000;

/** Clients act, workerd dies, and starts again: until the time is over and it died often enough. */
async function act(world: World, lives: Lives, random: Random, options: RunOptions): Promise<void> {
  const startedAtMs = Date.now();
  const passed = () => (Date.now() - startedAtMs) / 1_000;
  await lives.setFaultRate(FAULT_RATE);
  const clients = runClients(world, options.clients);
  while (passed() < options.seconds * MAX_STRETCH) {
    await pause(random.between(...LIFE_MS));
    await lives.killAndStart(random.between(...AWAY_MS));
    showProgress(world, lives, passed());
    if (passed() >= options.seconds && lives.kills >= options.minKills) break;
  }
  world.isOver = true;
  await lives.setFaultRate(0);
  world.giveUpAtMs = Date.now() + GIVE_UP_MS;
  await clients;
}

/** What is found when all is quiet, and again an hour later, when nothing may be reserved any more. */
async function look(world: World, lives: Lives, state: string): Promise<string[]> {
  const moment = (isLate: boolean) => ({ nowMs: Date.now() + lives.shiftMs, isLate });
  const found = [...(await untilQuiet(lives, state)), ...(await check(world, state, moment(false)))];
  await lives.letPass(AN_HOUR_MS);
  const later = [...(await untilQuiet(lives, state)), ...(await check(world, state, moment(true)))];
  return [...found, ...later.map((finding) => `an hour later: ${finding}`)];
}

async function run(options: RunOptions): Promise<number> {
  const beganAtMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-crash-"));
  const state = join(folder, "state");
  const world = createWorld(options.seed);
  const random = createRandom(options.seed);
  const lives = await startLives(world, {
    bundle: await buildRun(folder, options.mutant && MUTANTS[options.mutant]),
    state,
    random,
  });
  let findings: string[] = [];
  try {
    await openShop(world);
    await act(world, lives, random, options);
    findings = await look(world, lives, state);
  } finally {
    await lives.stop();
  }
  printReport({ options, world, lives, findings, seconds: (Date.now() - beganAtMs) / 1_000 });
  if (findings.length === 0) {
    rmSync(folder, { recursive: true });
    return 0;
  }
  writeFileSync(join(folder, "log.ndjson"), world.log.map((entry) => JSON.stringify(entry)).join("\n"));
  console.log(`What was left is in ${folder}: state/, and log.ndjson with what every client was told.`);
  return 1;
}

process.exitCode = await run(readOptions(process.argv.slice(2)));

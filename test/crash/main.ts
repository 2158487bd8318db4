import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildRun } from "./build-bundle.ts";
import { check } from "./checks/check-all.ts";
import { runClients } from "./clients/run-clients.ts";
import { type Lives, startLives } from "./worker-process.ts";
import { MUTANTS } from "../sim/mutants.ts";
import { type RunOptions, readOptions } from "./options.ts";
import { markOf, untilQuiet } from "./quiescence.ts";
import { createRandom, type Random } from "../support/random.ts";
import { readPages } from "./checks/read-pages.ts";
import { type Looked, printReport, showProgress } from "./report.ts";
import { openShop } from "./clients/shop.ts";
import { countHolds } from "./checks/read-state.ts";
import { tryChecks } from "./checks/falsify.ts";
import { type Watched, watchProjection } from "./watch-projection.ts";
import { createWorld, pause, type World } from "./clients/workload.ts";

const FAULT_RATE = 0.03;
/** How long a life lasts, and how long the next one was away by the shifted clock. */
const LIFE_MS = [300, 6_000] as const;
const AWAY_MS = [30_000, 240_000] as const;
/** A run that cannot get its kills in ends all the same. */
const MAX_STRETCH = 3;
const GIVE_UP_MS = 60_000;
const MAX_LOOKS = 3;
const AN_HOUR_MS = 3_600_000;
/** All that comes before and after the clients. */
const MAX_RUN_MS = 300_000;

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

/** Looks when all is quiet; once more where something moved meanwhile, for then what was read is of two moments. */
async function lookWhenQuiet(world: World, lives: Lives, state: string): Promise<string[]> {
  for (let looks = 1; ; looks += 1) {
    const owed = await untilQuiet(lives, state);
    const mark = markOf(state);
    const pages = await readPages(world);
    const findings = [...owed, ...check(world, state, pages, { nowMs: Date.now() + lives.shiftMs, isLate: false })];
    if (findings.length === 0 || looks === MAX_LOOKS || markOf(state) === mark) return findings;
  }
}

/** What is found when all is quiet, and an hour later, when nothing may be reserved any more; last in the files of who is dead. */
async function look(world: World, lives: Lives, state: string, endWatch: () => Watched): Promise<Looked> {
  const broken = world.counts.again["500"] ?? 0;
  const answers = broken > 0 ? [`${broken} answers were 500`] : [];
  const found = [...answers, ...endWatch().findings, ...(await lookWhenQuiet(world, lives, state))];
  const reserved = countHolds(state);
  await lives.letPass(AN_HOUR_MS);
  const later = await untilQuiet(lives, state);
  const pages = await readPages(world);
  await lives.stop();
  const lookAt = (folder: string) => check(world, folder, pages, { nowMs: Date.now() + lives.shiftMs, isLate: true });
  const isNew = (finding: string) => !found.includes(finding);
  const late = [...later, ...lookAt(state)].filter(isNew).map((finding) => `an hour later: ${finding}`);
  const findings = [...found, ...late];
  // Where there are findings anyway, a falsified copy has some whatever is falsified.
  return { reserved, findings, tried: findings.length === 0 ? tryChecks(state, lookAt) : undefined };
}

async function run(options: RunOptions): Promise<number> {
  const beganAtMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-crash-"));
  const state = join(folder, "state");
  // What Miniflare cannot clear up when it is killed goes with the folder.
  process.env["TMPDIR"] = join(folder, "tmp");
  mkdirSync(process.env["TMPDIR"]);
  const world = createWorld(options.seed);
  const random = createRandom(options.seed);
  const bundle = await buildRun(folder, options.mutant && MUTANTS[options.mutant]);
  const lives = await startLives(world, { bundle, state, random });
  try {
    await openShop(world);
    const endWatch = watchProjection(state);
    await act(world, lives, random, options);
    const looked = await look(world, lives, state, endWatch);
    const isGood = printReport({ options, world, lives, looked, seconds: (Date.now() - beganAtMs) / 1_000 });
    if (isGood) rmSync(folder, { recursive: true });
    else keep(folder, world);
    return isGood ? 0 : 1;
  } finally {
    await lives.stop();
  }
}

function keep(folder: string, { log }: World): void {
  writeFileSync(join(folder, "log.ndjson"), log.map((entry) => JSON.stringify(entry)).join("\n"));
  console.log(`What was left is in ${folder}: state/, and log.ndjson with what every client was told.`);
}

const options = readOptions(process.argv.slice(2));
const watchdog = setTimeout(
  () => {
    console.error("The run took longer than any may.");
    process.exit(1);
  },
  MAX_RUN_MS + options.seconds * MAX_STRETCH * 1_000,
);
process.exitCode = await run(options);
clearTimeout(watchdog);

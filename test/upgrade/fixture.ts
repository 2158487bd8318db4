import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { RecordedRequest } from "./client.ts";

// The state that a release wrote, as text: the rows of D1, the whole storage of each product's object, and the requests with their answers.

export interface Fixture {
  /** When the last row was written, in ms since 1970. */
  atMs: number;
  /** The file names of the release's migrations. */
  migrations: string[];
  /** INSERTs into the tables that the release's migrations create. */
  d1: string[];
  /** By product. */
  objects: { productId: string; statements: string[]; alarmAtMs: number | null }[];
  requests: RecordedRequest[];
}

const ALARM = "-- alarm: ";

function folderOf(version: string): string {
  return join(import.meta.dirname, "fixture", version);
}

/** @throws Error if there is no fixture of the version */
export function readFixture(version: string): Fixture {
  const folder = folderOf(version);
  const [head = "{}", ...requests] = linesOf(join(folder, "told.ndjson"));
  const objects = readdirSync(join(folder, "objects")).map((file) => {
    const [first = "", ...statements] = linesOf(join(folder, "objects", file));
    const alarm = first.slice(ALARM.length);
    return { productId: basename(file, ".sql"), statements, alarmAtMs: alarm === "none" ? null : Number(alarm) };
  });
  return {
    ...(JSON.parse(head) as Pick<Fixture, "atMs" | "migrations">),
    requests: requests.map((line) => JSON.parse(line) as RecordedRequest),
    d1: linesOf(join(folder, "d1.sql")),
    objects,
  };
}

/** Writes a fixture, replacing an earlier one of the version. */
export function writeFixture(version: string, { atMs, migrations, d1, objects, requests }: Fixture): void {
  const folder = folderOf(version);
  rmSync(join(folder, "objects"), { recursive: true, force: true });
  mkdirSync(join(folder, "objects"), { recursive: true });
  writeFileSync(join(folder, "d1.sql"), `${d1.join("\n")}\n`);
  for (const { productId, statements, alarmAtMs } of objects) {
    const lines = [`${ALARM}${alarmAtMs ?? "none"}`, ...statements];
    writeFileSync(join(folder, "objects", `${productId}.sql`), `${lines.join("\n")}\n`);
  }
  const lines = [{ atMs, migrations }, ...requests].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, "told.ndjson"), `${lines.join("\n")}\n`);
}

function linesOf(file: string): string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n");
}

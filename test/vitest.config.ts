import { resolve } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { memoryFolder } from "../scripts/support/memory-folder.js";
import { LongestFirst } from "./longest-first.ts";

// Secrets of the tests alone. As bindings they win over a .dev.vars; in the environment they are what wrangler looks for without one.
const SECRETS = {
  ADMIN_TOKEN: "test-admin-token-0123456789",
  ID_SECRET: "test-id-secret-0123456789",
  TOKEN_SECRET: "test-token-secret-0123456789",
  JWT_SECRET: "test-jwt-secret-0123456789-0123456789",
};
Object.assign(process.env, SECRETS);

// D1 and the objects wait for the disk with every write, and nothing here outlives a run: so their disk is memory, where there is some.
const memory = memoryFolder();
if (memory !== undefined) process.env["TMPDIR"] ??= memory;

// What reads the repository itself runs in Node; everything else in workerd.
const REPOSITORY_TESTS = [
  "test/bench/**/*.test.ts",
  "test/model/**/*.test.ts",
  "test/repository/**/*.test.ts",
  "test/sim/**/*.test.ts",
  "test/architecture.test.ts",
];

// A busy machine may take long for 300 orders at once; what takes longer than this hangs.
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000 };

const root = resolve(import.meta.dirname, "..") + "/";
const migrations = await readD1Migrations(`${root}migrations`);

export default defineConfig({
  test: {
    silent: "passed-only",
    // What the file before left under way ends with its objects, when `setup.ts` deletes them.
    onUnhandledError: ({ message }) => message !== "Application called deleteAllDurableObjects().",
    // By itself it leaves one core to others.
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        root,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: `${root}wrangler.toml` },
            miniflare: {
              bindings: {
                ...SECRETS,
                MIGRATIONS: migrations,
                ENVIRONMENT: "test",
                // Some tests send hundreds of orders at once.
                MAX_IN_FLIGHT: "1000",
                RATE_LIMITS: "off",
                REQUEST_LOG: "off",
                ALLOW_LOCAL_WEBHOOKS: "off",
                HOSTILE_SEED: process.env["HOSTILE_SEED"] ?? "1",
                HOSTILE_RUNS: process.env["HOSTILE_RUNS"] ?? "30",
              },
            },
          }),
        ],
        test: {
          ...PATIENCE,
          name: "workers",
          include: ["test/**/*.test.ts"],
          exclude: REPOSITORY_TESTS,
          // Files share isolates, which `setup.ts` empties: to start one takes several times as long as the tests of most files.
          isolate: false,
          setupFiles: ["test/support/setup.ts"],
        },
      },
      { root, test: { ...PATIENCE, name: "repository", include: REPOSITORY_TESTS, isolate: false } },
    ],
  },
});

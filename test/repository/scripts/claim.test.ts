import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, describe, it } from "vitest";
import { claimFolder, holderOf } from "../../../scripts/support/claim.js";
import { ROOT } from "../../support/repository/commands.ts";

const base = mkdtempSync(join(tmpdir(), "holdfast-claim-"));
afterAll(() => rmSync(base, { recursive: true }));

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

let folders = 0;
function newFolder(): string {
  const folder = join(base, `copy ${folders++}`);
  mkdirSync(folder);
  return folder;
}

async function claimed(folder: string, options: { isTemporary?: boolean } = {}) {
  const claim = await claimFolder({ ...options, folder });
  if (claim === undefined) throw new Error(`${folder} is claimed already`);
  cleanups.push(claim.release);
  return claim;
}

describe("the claim of a working folder", () => {
  it("goes to one of several that start at once, and to the next when that one ends", async ({ expect }) => {
    const folder = newFolder();

    const claims = await Promise.all(Array.from({ length: 5 }, () => claimFolder({ folder })));
    const [claim, ...others] = claims.filter((each) => each !== undefined);
    const during = await holderOf(folder);
    claim?.release();

    expect(others).toEqual([]);
    expect(during).toMatchObject({ pid: process.pid, isTemporary: false });
    expect(await holderOf(folder)).toBeUndefined();
    await claimed(folder);
  });

  it.runIf(process.platform === "linux")(
    "has a name that Node 20, which fills names up, and later releases write alike",
    async ({ expect }) => {
      await claimed(newFolder());
      const names = readFileSync("/proc/net/unix", "latin1").match(/@holdfast-.*/g) ?? [];
      expect(new Set(names.map(({ length }) => length))).toEqual(new Set([108]));
    },
  );

  it("is of one folder: another is free", async ({ expect }) => {
    await claimed(newFolder());

    expect(await holderOf(newFolder())).toBeUndefined();
  });

  it("ends with a process that is killed, and what that one wrote counts no longer", async ({ expect }) => {
    const folder = newFolder();
    const module = resolve(ROOT, "scripts/support/claim.js");
    const script = `import { claimFolder } from ${JSON.stringify(module)};
      const claim = await claimFolder({ folder: ${JSON.stringify(folder)} });
      claim.setUrl("http://127.0.0.1:8787"); console.log("claimed"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((done) => child.stdout.once("data", done));
    const alive = await holderOf(folder);
    child.kill("SIGKILL");
    await new Promise((done) => child.once("close", done));

    expect(alive).toMatchObject({ pid: child.pid, url: "http://127.0.0.1:8787" });
    expect(await holderOf(folder)).toBeUndefined();
    await claimed(folder);
  });

  it("is not believed where the folder's file does not prove it", async ({ expect }) => {
    const folder = newFolder();
    await claimed(folder);
    const file = join(folder, ".wrangler/holdfast-server.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), proof: "another" }));

    expect(await holderOf(folder)).toBe("unknown");
  });
});

describe("a script", () => {
  const TOKEN = "the-token-of-this-copy-0123456789";

  /** A shop that answers everything with 200 after a while, and what it was asked. */
  async function shop({ healthMs = 0 } = {}) {
    const asked: IncomingMessage[] = [];
    const report = { totals: { rows: 1, created: 1, updated: 0, unchanged: 0, refused: 0 }, rows: [] };
    const server = createServer((request, response) => {
      asked.push(request);
      const isHealth = request.url === "/health";
      const answer = () => response.writeHead(200).end(JSON.stringify(isHealth ? { status: "ok" } : report));
      setTimeout(answer, isHealth ? healthMs : 0);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    cleanups.push(() => server.close().closeAllConnections());
    const port = (server.address() as AddressInfo).port;
    const tokens = () => asked.flatMap(({ headers }) => headers.authorization ?? []);
    return { url: `http://127.0.0.1:${port}`, port, tokens, isAsked: () => asked.length > 0 };
  }

  /** A copy of the scripts with a token of its own. It says that its packages are installed, and has none: it cannot start a server. */
  function copyOfScripts(): string {
    const folder = newFolder();
    for (const part of ["scripts", "src"]) cpSync(resolve(ROOT, part), join(folder, part), { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    mkdirSync(join(folder, "node_modules"));
    // The packages that reading a file takes, as the API reads it.
    for (const name of ["papaparse", "hono", "@hono", "zod", "drizzle-orm"])
      symlinkSync(resolve(ROOT, "node_modules", name), join(folder, "node_modules", name));
    for (const lock of ["package-lock.json", "node_modules/.package-lock.json"])
      writeFileSync(join(folder, lock), JSON.stringify({ packages: {} }));
    writeFileSync(join(folder, ".dev.vars"), `ADMIN_TOKEN="${TOKEN}"\n`);
    writeFileSync(join(folder, "products.ndjson"), '{"product_id":"p-1","name":"One","price":1}\n');
    writeFileSync(join(folder, "IN.txt"), "IN\t560001\tBengaluru\t\t\t\t\t\t\t12.97\t77.59\t\n");
    return folder;
  }

  async function run(folder: string, [name, ...args]: string[], given: Record<string, string> = {}) {
    const env: NodeJS.ProcessEnv = { ...process.env, ADMIN_TOKEN: "", ...given };
    const command = [join(folder, "scripts", `${name}.js`), ...args];
    return new Promise<{ code: number; output: string }>((done) => {
      execFile(process.execPath, command, { cwd: folder, env }, (error, stdout, stderr) =>
        done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      );
    });
  }

  const SCRIPTS = [["import", "products.ndjson"], ["seed"], ["audit"], ["postal-codes", "IN.txt"]];

  it.for(SCRIPTS)("%s asks no server of another copy, wherever that listens", async (command, { expect }) => {
    const other = await shop();

    const { code } = await run(copyOfScripts(), command, { PORT: String(other.port) });

    expect([code, other.isAsked()]).toEqual([1, false]);
  });

  it("sends its token to the server of its folder, however slowly that says that it is healthy", async ({ expect }) => {
    const folder = copyOfScripts();
    const [own, other] = [await shop({ healthMs: 8_000 }), await shop()];
    (await claimed(folder)).setUrl(own.url);

    const { code } = await run(folder, ["import", "products.ndjson"], { PORT: String(other.port) });

    expect([code, own.tokens(), other.isAsked()]).toEqual([0, [`Bearer ${TOKEN}`], false]);
  });

  it.for(SCRIPTS)(
    "%s sends a server that --url names no token of this copy, on this machine either",
    async (command, { expect }) => {
      const folder = copyOfScripts();
      (await claimed(folder)).setUrl((await shop()).url);
      const other = await shop();

      const { code, output } = await run(folder, [...command, "--url", other.url]);

      expect([code, other.tokens()]).toEqual([1, []]);
      expect(output).toContain("Set ADMIN_TOKEN in the environment");
    },
  );

  it("sends a named server the token of the environment, and the own server that of its folder", async ({ expect }) => {
    const folder = copyOfScripts();
    const [own, other] = [await shop(), await shop()];
    (await claimed(folder)).setUrl(own.url);
    const env = { ADMIN_TOKEN: "a-token-of-the-environment" };

    await run(folder, ["import", "products.ndjson", "--url", other.url], env);
    await run(folder, ["import", "products.ndjson", "--url", own.url.replace("127.0.0.1", "localhost")], env);
    await run(folder, ["import", "products.ndjson"], env);

    expect(other.tokens()).toEqual(["Bearer a-token-of-the-environment"]);
    expect(own.tokens()).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
  });

  it("does not start a second server beside one that starts, nor use one that another script made for itself", async ({
    expect,
  }) => {
    const [starting, temporary] = [copyOfScripts(), copyOfScripts()];
    const server = await shop();
    await claimed(starting);
    (await claimed(temporary, { isTemporary: true })).setUrl(server.url);

    expect((await run(starting, ["seed"])).output).toContain("is starting");
    expect((await run(temporary, ["seed"])).output).toContain("Another script runs a server of its own here");
    expect((await run(starting, ["dev"])).output).toContain("Holdfast runs here already, and is starting");
    expect(server.isAsked()).toBe(false);
  });
});

import { env } from "cloudflare:workers";
import fc from "fast-check";
import { answerFaults, operationAt, type Read } from "../checks/answers.ts";
import { type Attack, attacksOn } from "./attacks.ts";
import type { Base, Bases } from "../valid-requests/valid-request.ts";
import type { Operation } from "../checks/document.ts";
import { type Draft, draftOf, requestOf } from "./request-draft.ts";
import type { Schemas } from "../checks/json-schema.ts";
import type { Known } from "./generated-values.ts";
import { leaksIn } from "../checks/leaks.ts";
import type { Shop } from "../shop.ts";
import { changesBetween, type Traces, tracesNow } from "../checks/writes.ts";
import { mayWrite } from "../checks/allowed-writes.ts";

const { HOSTILE_RUNS, HOSTILE_SEED } = env as unknown as Record<"HOSTILE_RUNS" | "HOSTILE_SEED", string>;
/** How often each operation is attacked. */
export const RUNS = Number(HOSTILE_RUNS);
const MAX_ATTACKS = 2;
const MAX_FAULTS = 10;

/** What is fuzzed, and in which shop. */
export interface Target {
  shop: Shop;
  operations: readonly Operation[];
  schemas: Schemas;
  bases: Bases;
}

/** How often an operation was asked, and what it answered, by status. */
export interface Tally {
  requests: number;
  statuses: Record<string, number>;
}

/** A base, and what there is before anybody used it. */
interface Ground {
  base: Base;
  before: Traces | undefined;
}

/**
 * Attacks one operation: first and last its base, which has to succeed; between them requests with one or two things wrong, the same for the same
 * `HOSTILE_SEED`; `HOSTILE_RUNS` says how many.
 * @throws where any answer is not as documented, or a refused request or a read wrote something; fast-check tells the seed
 */
export async function fuzzed(target: Target, operation: Operation): Promise<Tally> {
  const tally: Tally = { requests: 0, statuses: {} };
  let ground: Ground | undefined;
  const attacked = async (attacks: readonly Attack[]): Promise<Read | undefined> => {
    const current = ground ?? (await newGround(target, operation));
    const draft = attacks.reduce<Draft>((each, { change }) => change(each), draftOf(operation, current.base, target.shop));
    const request = requestOf(draft);
    if (!request) return undefined;
    ground = undefined;
    const { read, mayHaveWritten } = await judged(target, current, request, draft);
    tally.requests += 1;
    tally.statuses[read.status] = (tally.statuses[read.status] ?? 0) + 1;
    if (!mayHaveWritten) ground = current;
    return read;
  };
  const cursor = await succeed(attacked, operation);
  const { base } = (ground ??= await newGround(target, operation));
  const known = knownOf({ ...base.params, ...base.query, ...base.body, ...(cursor !== undefined && { cursor }) });
  const attacks = fc.array(attacksOn(operation, target.schemas, known, target.shop), { minLength: 1, maxLength: MAX_ATTACKS });
  await fc.assert(
    fc.asyncProperty(attacks, async (each) => void (await attacked(each))),
    { numRuns: RUNS, seed: Number(HOSTILE_SEED) },
  );
  ground = undefined;
  await succeed(attacked, operation);
  return tally;
}

async function newGround({ bases, shop }: Target, { name }: Operation): Promise<Ground> {
  const make = bases[name];
  if (!make) throw new Error(`${name} has no base`);
  return { base: await make(shop), before: undefined };
}

/** Sends the base as it is. @returns the cursor of its next page, if it is a list's  @throws where it fails, or the list is empty */
async function succeed(
  attacked: (attacks: Attack[]) => Promise<Read | undefined>,
  { name }: Operation,
): Promise<string | undefined> {
  const read = await attacked([]);
  if (!read || read.status >= 300) throw new Error(`${name}: its base was answered ${read?.status} ${read?.text}`);
  if (!read.text.includes('"next_cursor"')) return undefined;
  const page = JSON.parse(read.text) as Record<string, unknown>;
  if (Object.values(page).some((member) => Array.isArray(member) && member.length === 0 && name.startsWith("GET")))
    throw new Error(`${name}: its base found nothing`);
  return typeof page.next_cursor === "string" ? page.next_cursor : undefined;
}

function knownOf(members: Record<string, unknown>): Known {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, [value]]));
}

/** Sends a request and throws all that is wrong with what became of it. */
async function judged(target: Target, ground: Ground, request: Request, draft: Draft) {
  const { shop, schemas, operations } = target;
  ground.before ??= await tracesNow(ground.base.products ?? []);
  shop.logged.length = 0;
  const reached = operationAt(operations, request);
  const response = await shop.fetch(request);
  const read: Read = { status: response.status, headers: response.headers, text: await response.text() };
  const mayHaveWritten = read.status < 400 && !["GET", "HEAD", "OPTIONS"].includes(request.method);
  const written = mayHaveWritten ? [] : changesBetween(ground.before, await tracesNow(ground.base.products ?? []));
  const faults = [
    ...answerFaults(schemas, reached, request, read),
    ...written
      .filter((table) => !mayWrite(table, { operation: reached?.name, status: read.status, headers: request.headers }))
      .map((table) => `it wrote ${table}`),
    ...shop.logged.flatMap((line) => leaksIn(line, "log").map((leak) => `the log tells ${leak}: ${line.slice(0, 500)}`)),
  ];
  if (faults.length > 0)
    throw new Error(
      `${described(request, draft)}\n${read.status} ${read.text.slice(0, 500)}\n${faults.slice(0, MAX_FAULTS).join("\n")}`,
    );
  if (written.length > 0) ground.before = undefined;
  return { read, mayHaveWritten };
}

function described({ method, url, headers }: Request, { asker, body }: Draft): string {
  return `${method} ${url} as ${asker}\n${JSON.stringify(Object.fromEntries(headers)).slice(0, 500)}\n${String(body).slice(0, 2_000)}`;
}

import { env } from "cloudflare:workers";
import fc from "fast-check";
import { answerFaults, operationAt, type Read } from "../checks/answers.ts";
import { type Attack, attacksOn } from "./attacks.ts";
import type { ValidRequest, ValidRequests } from "../valid-requests/valid-request.ts";
import type { Operation } from "../checks/document.ts";
import { type RequestDraft, draftOf, requestOf } from "./request-draft.ts";
import type { Schemas } from "../checks/json-schema.ts";
import type { ExistingValues } from "./generated-values.ts";
import { findLeaks } from "../checks/leaks.ts";
import type { Shop } from "../shop.ts";
import { writtenBetween, type Writes, readWrites } from "../checks/writes.ts";
import { isAllowedWrite } from "../checks/allowed-writes.ts";

const { HOSTILE_RUNS, HOSTILE_SEED } = env as unknown as Record<"HOSTILE_RUNS" | "HOSTILE_SEED", string>;
/** Attacks per operation. */
export const RUNS = Number(HOSTILE_RUNS);
const MAX_ATTACKS = 2;
const MAX_FAULTS = 10;

/** What to fuzz, and in which shop. */
export interface Target {
  shop: Shop;
  operations: readonly Operation[];
  schemas: Schemas;
  validRequests: ValidRequests;
}

/** The requests to one operation, and its answers by status. */
export interface Tally {
  requests: number;
  statuses: Record<string, number>;
}

/** A valid request, and the write counts before it is sent. */
interface Prepared {
  valid: ValidRequest;
  before: Writes | undefined;
}

/**
 * Attacks one operation. The first and the last request are valid and must sendValid; between them are `HOSTILE_RUNS` requests with one or two
 * changes, which `HOSTILE_SEED` determines.
 * @throws Error if an answer is not as documented, or a refused request or a read wrote something; fast-check prints the seed
 */
export async function fuzzOperation(target: Target, operation: Operation): Promise<Tally> {
  const tally: Tally = { requests: 0, statuses: {} };
  let prepared: Prepared | undefined;
  const sendAttacked = async (attacks: readonly Attack[]): Promise<Read | undefined> => {
    const current = prepared ?? (await prepare(target, operation));
    const draft = attacks.reduce<RequestDraft>(
      (each, { change }) => change(each),
      draftOf(operation, current.valid, target.shop),
    );
    const request = requestOf(draft);
    if (!request) return undefined;
    prepared = undefined;
    const { read, mayHaveWritten } = await sendAndCheck(target, current, request, draft);
    tally.requests += 1;
    tally.statuses[read.status] = (tally.statuses[read.status] ?? 0) + 1;
    if (!mayHaveWritten) prepared = current;
    return read;
  };
  const cursor = await sendValid(sendAttacked, operation);
  const { valid } = (prepared ??= await prepare(target, operation));
  const known = existingValuesOf({ ...valid.params, ...valid.query, ...valid.body, ...(cursor !== undefined && { cursor }) });
  const attacks = fc.array(attacksOn(operation, target.schemas, known, target.shop), { minLength: 1, maxLength: MAX_ATTACKS });
  await fc.assert(
    fc.asyncProperty(attacks, async (each) => void (await sendAttacked(each))),
    { numRuns: RUNS, seed: Number(HOSTILE_SEED) },
  );
  prepared = undefined;
  await sendValid(sendAttacked, operation);
  return tally;
}

async function prepare({ validRequests, shop }: Target, { name }: Operation): Promise<Prepared> {
  const create = validRequests[name];
  if (!create) throw new Error(`${name} has no valid request`);
  return { valid: await create(shop), before: undefined };
}

/** Sends the valid request unchanged. @returns the cursor of the next page, for a list  @throws Error if it fails or the list is empty */
async function sendValid(
  sendAttacked: (attacks: Attack[]) => Promise<Read | undefined>,
  { name }: Operation,
): Promise<string | undefined> {
  const read = await sendAttacked([]);
  if (!read || read.status >= 300) throw new Error(`${name}: its valid request was answered ${read?.status} ${read?.text}`);
  if (!read.text.includes('"next_cursor"')) return undefined;
  const page = JSON.parse(read.text) as Record<string, unknown>;
  if (Object.values(page).some((member) => Array.isArray(member) && member.length === 0 && name.startsWith("GET")))
    throw new Error(`${name}: its valid request found nothing`);
  return typeof page.next_cursor === "string" ? page.next_cursor : undefined;
}

function existingValuesOf(members: Record<string, unknown>): ExistingValues {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, [value]]));
}

/** Sends a request and checks its answer, writes and logs. @throws Error with everything that is wrong */
async function sendAndCheck(target: Target, prepared: Prepared, request: Request, draft: RequestDraft) {
  const { shop, schemas, operations } = target;
  prepared.before ??= await readWrites(prepared.valid.products ?? []);
  shop.logged.length = 0;
  const operation = operationAt(operations, request);
  const response = await shop.fetch(request);
  const read: Read = { status: response.status, headers: response.headers, text: await response.text() };
  const mayHaveWritten = read.status < 400 && !["GET", "HEAD", "OPTIONS"].includes(request.method);
  const written = mayHaveWritten ? [] : writtenBetween(prepared.before, await readWrites(prepared.valid.products ?? []));
  const faults = [
    ...answerFaults(schemas, operation, request, read),
    ...written
      .filter((table) => !isAllowedWrite(table, { operation: operation?.name, status: read.status, headers: request.headers }))
      .map((table) => `it wrote ${table}`),
    ...shop.logged.flatMap((line) => findLeaks(line, "log").map((leak) => `the log contains ${leak}: ${line.slice(0, 500)}`)),
  ];
  if (faults.length > 0)
    throw new Error(
      `${describe(request, draft)}\n${read.status} ${read.text.slice(0, 500)}\n${faults.slice(0, MAX_FAULTS).join("\n")}`,
    );
  if (written.length > 0) prepared.before = undefined;
  return { read, mayHaveWritten };
}

function describe({ method, url, headers }: Request, { caller, body }: RequestDraft): string {
  return `${method} ${url} as ${caller}\n${JSON.stringify(Object.fromEntries(headers)).slice(0, 500)}\n${String(body).slice(0, 2_000)}`;
}

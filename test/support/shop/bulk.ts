import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import type { ImportRow } from "../../../src/catalog/rules/import-file.ts";
import { receive } from "../../../src/stock/adjustments/opening-stock.ts";
import { type AskOptions, get, post } from "../http/requests.ts";

const URL = "/api/v1/products";

interface Row {
  row: number;
  product_id: string | null;
  outcome: string;
  errors: { field: string; message: string; value?: string }[];
  stock?: { sku: string; quantity: number | null; outcome: string; on_hand: number | null; message: string | null }[];
  changes?: { field: string; before: unknown; after: unknown; is_cut?: true }[];
}

/** The answer of an import; `outcomes` are those of its rows, in order. */
export interface Imported {
  http: number;
  code?: string;
  errors?: { field: string; message: string }[];
  dry_run: boolean;
  import_id: string | null;
  changes_left_out: number;
  stock: { warehouse_id: string | null; opening: number; none: number; same: number; kept: number; not_taken: number };
  totals: Record<string, number>;
  rows: Row[];
  outcomes: string[];
  response: Response;
}

type ImportOptions = AskOptions & { query?: string };

/** Imports a file as an admin. */
export async function importFile(body: string, type: string, { query = "", ...options }: ImportOptions = {}): Promise<Imported> {
  const response = await post(`${URL}/import${query}`, body, { admin: true, ...options, headers: { "Content-Type": type } });
  const answer = await response.clone().json<Imported>();
  return { ...answer, http: response.status, outcomes: (answer.rows ?? []).map(({ outcome }) => outcome), response };
}

/** Imports CSV, given line by line. */
export function importCsv(lines: readonly string[], options: ImportOptions = {}): Promise<Imported> {
  return importFile(lines.join("\r\n"), "text/csv", options);
}

/** Imports NDJSON, given object by object. */
export function importRows(rows: readonly object[], options: ImportOptions = {}): Promise<Imported> {
  return importFile(rows.map((row) => JSON.stringify(row)).join("\n"), "application/x-ndjson", options);
}

/** How far an import is with its opening stock. */
export interface StockProgress {
  warehouse_id: string | null;
  total: number;
  done: number;
  pending: number;
  kept: number;
  kept_since: { sku: string; quantity: number; on_hand: number }[];
}

/** Has the objects receive all opening stock that is owed at once, without the rests of a run. */
export async function receiveAllOwed(): Promise<void> {
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  for (let { next } = await receive(deps, []); next.length > 0;) ({ next } = await receive(deps, next));
}

/** Waits until an import has finished. @returns what became of its opening stock */
export async function importFinished(importId: string | null): Promise<StockProgress> {
  await receiveAllOwed();
  return vi.waitUntil(async () => {
    const shown = await get(`${URL}/imports/${importId}`, { admin: true });
    const { status, stock } = await shown.json<{ status: string; stock: StockProgress }>();
    return status === "finished" ? stock : undefined;
  }, 10_000);
}

/** Tries NDJSON, given object by object. */
export function previewRows(rows: readonly object[]): Promise<Imported> {
  return importRows(rows, { query: "?dry_run=true" });
}

/** The whole catalogue as an export writes it, the byte order mark too. */
export async function exported(format: "csv" | "ndjson"): Promise<string> {
  const bytes = await (await get(`${URL}/export?format=${format}`, { admin: true })).arrayBuffer();
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** More than two chunks. */
export const ROWS = 1_100;

/** Rows of new products, whose ids begin with a prefix. */
export function manyRows(prefix: string, price = 1): ImportRow[] {
  return Array.from({ length: ROWS }, (_, index) => {
    const productId = `${prefix}-${index}`;
    return { row: index + 1, productId, wanted: { productId, fields: { name: "Rice", priceMinor: price } }, errors: [] };
  });
}

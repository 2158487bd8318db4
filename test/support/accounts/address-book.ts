import { expect } from "vitest";
import { type AskOptions, del, get, patch, post } from "../http/requests.ts";
import { type Answer, type ProblemBody, read } from "../orders/http.ts";
import { sqlInD1 } from "../stock/stock.ts";

export const BOOK = "/api/v1/users/me/addresses";

export interface BookBody {
  address_id: string;
  label: string | null;
  is_default: boolean;
  created_at: string;
  updated_at: string;
  [member: string]: unknown;
}

/** The least that makes an address. */
export function addressBody(more: Record<string, unknown> = {}) {
  return { line1: "12 Lake Road", city: "Bengaluru", ...more };
}

type Asked<B> = Answer<B & ProblemBody> & { fields: string[] | undefined };

async function asked<B>(response: Promise<Response>): Promise<Asked<B>> {
  const answer = await read<B & ProblemBody>(await response);
  return { ...answer, fields: answer.body.errors?.map(({ field }) => field) };
}

export function add(body: unknown, options: AskOptions): Promise<Asked<BookBody>> {
  return asked(post(BOOK, body, options));
}

export function change(addressId: string, body: unknown, options: AskOptions): Promise<Asked<BookBody>> {
  return asked(patch(`${BOOK}/${addressId}`, body, options));
}

export function remove(addressId: string, options: AskOptions): Promise<Response> {
  return del(`${BOOK}/${addressId}`, options);
}

export function readAddress(addressId: string, options: AskOptions): Promise<Asked<BookBody>> {
  return asked(get(`${BOOK}/${addressId}`, options));
}

/** Adds an address, and fails the test where it is refused. */
export async function added(token: string, more: Record<string, unknown> = {}): Promise<BookBody> {
  const { status, body } = await add(addressBody(more), { token });
  expect([status, body]).toMatchObject([201, {}]);
  return body;
}

/** The book of an account as it is listed. */
export async function bookOf(token: string): Promise<BookBody[]> {
  return (await read<{ addresses: BookBody[] }>(await get(BOOK, { token }))).body.addresses;
}

/** How many addresses of an account D1 has, and how many of them are the default. */
export async function countsOf(userId: string): Promise<{ all: number; defaults: number } | undefined> {
  const [counts] = await sqlInD1<{ all: number; defaults: number }>(
    'SELECT count(*) AS "all", coalesce(sum(is_default), 0) AS defaults FROM addresses WHERE user_id = ?',
    userId,
  );
  return counts;
}

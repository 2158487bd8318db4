import { z } from "@hono/zod-openapi";
import type { AppContext } from "./context.ts";

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.(\d+))?)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** In a query a `+` that was not encoded arrives as a blank. */
const LOST_PLUS = / (?=\d{2}:\d{2}$)/;

/** A time in a body: RFC 3339 with any offset. `atMsOf` converts it. */
export const timeSchema = z
  .string()
  .refine(
    (text) => readTime(text) !== undefined,
    "must be a time by RFC 3339, such as 2026-11-21T09:30:00Z or 2026-11-21T15:00:00+05:30",
  )
  .openapi({ format: "date-time", example: "2026-11-21T09:30:00.000Z" });

/** The bound of a filter: a time, or a day in the shop's time zone. `boundsMs` converts it. */
export const boundSchema = z
  .string()
  .refine((text) => readBound(text, "from", "UTC") !== undefined, "must be a day such as 2026-11-30, or a time by RFC 3339")
  .openapi({ example: "2026-11-30" });

/** Converts a time of a body. */
export function atMsOf(time: string): number {
  return readTime(time) ?? NaN;
}

/** Converts the bounds of a filter: `fromMs` inclusive, `toMs` exclusive. A day is in the shop's time zone, and all of it is within. */
export function boundsMs(c: AppContext, { from, to }: { from?: string | undefined; to?: string | undefined }) {
  const { timeZone } = c.var.deps.config;
  return {
    fromMs: from === undefined ? undefined : readBound(from, "from", timeZone),
    toMs: to === undefined ? undefined : readBound(to, "to", timeZone),
  };
}

/**
 * Reads a time by RFC 3339, with any offset; the seconds may be left out.
 * @returns milliseconds since 1970; `undefined` for another text, or a day that the calendar does not have
 */
export function readTime(text: string): number | undefined {
  const [, day = "", hour, minute, second = "0", fraction = "", sign, offsetHours = "0", offsetMinutes = "0"] =
    RFC_3339.exec(text) ?? [];
  const dayMs = readDay(day);
  if (dayMs === undefined) return undefined;
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return dayMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 + ms - offset;
}

/**
 * Reads the bound of a filter: a time, or a day in a time zone, all of which is within the bounds.
 * @param side whether it is the first or the last day  @param timeZone of IANA
 * @returns milliseconds since 1970, for `to` exclusive
 */
export function readBound(text: string, side: "from" | "to", timeZone: string): number | undefined {
  const dayMs = readDay(text);
  if (dayMs === undefined) return readTime(text.replace(LOST_PLUS, "+"));
  return startOfDay(side === "from" ? dayMs : dayMs + DAY_MS, timeZone);
}

/** Midnight of a day in UTC. */
function readDay(text: string): number | undefined {
  if (!DAY.test(text)) return undefined;
  const dayMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== text ? undefined : dayMs;
}

/**
 * The first moment of a day in a time zone. The clock may be put forward at midnight, so that the day begins later, and a zone can skip a
 * day: then it is empty.
 * @param dayMs midnight of the day in UTC
 */
function startOfDay(dayMs: number, timeZone: string): number {
  const offsets = [dayMs - DAY_MS, dayMs + DAY_MS].map((atMs) => localMs(atMs, timeZone) - atMs);
  const starts = offsets.map((offset) => dayMs - offset).filter((atMs) => localMs(atMs, timeZone) >= dayMs);
  return Math.min(...starts);
}

/** What clocks in a time zone show, as if it were UTC. */
function localMs(atMs: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % 1_000) + 1_000) % 1_000);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const units = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  } as const;
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { timeZone, calendar: "gregory", hourCycle: "h23", ...units });
  formats.set(timeZone, format);
  return format;
}

import type { StockLine } from "../../../src/stock/rules/allocate.ts";
import type { CartEdit, Checkout } from "../../../src/stock/rules/cart-messages.ts";
import { freeAt, type ModelRow, sorted, type StockModel, total, unitsAt } from "./model.ts";

// The reference model of carts in a product's object: as short as possible, and without any code of `src`.

export type CartCall =
  | { to: "setCart"; edit: CartEdit }
  | { to: "extendCart"; cartId: string; untilMs: number }
  | { to: "convert"; checkout: Checkout }
  | { to: "giveBack"; holdId: string };

export function isCartCall(call: { to: string }): call is CartCall {
  return ["setCart", "extendCart", "convert", "giveBack"].includes(call.to);
}

/** @returns the answer that the object must give; of held units only their quantity */
export function applyToCarts(model: StockModel, call: CartCall, nowMs: number): unknown {
  if (call.to === "setCart") return setCart(model, call.edit);
  if (call.to === "convert") return convert(model, call.checkout, nowMs);
  if (call.to === "giveBack") return returnToCartInModel(model, call.holdId, nowMs);
  for (const row of cartOf(model, call.cartId).rows) row.dueAtMs = Math.max(row.dueAtMs, call.untilMs);
  return { held: unitsBy(cartOf(model, call.cartId).rows) };
}

/** Cart reservations expire by time alone. */
export function expireInModel(model: StockModel, nowMs: number): void {
  for (const cart of Object.values(model.carts)) {
    for (const row of cart.rows.filter(({ dueAtMs }) => dueAtMs <= nowMs)) unitsAt(model, row).reserved -= row.quantity;
    cart.rows = cart.rows.filter(({ dueAtMs }) => dueAtMs > nowMs);
  }
}

/** A checkout's units return to the cart and join those that stayed there, unless they have expired. */
export function returnToCartInModel(model: StockModel, holdId: string, nowMs: number): undefined {
  const hold = model.holds[holdId];
  if (hold?.state !== "live") return;
  hold.state = "over";
  const cart = cartOf(model, cartIdOf(holdId));
  const inCart = [...cart.rows];
  for (const row of hold.rows) {
    const left = inCart.find(({ variantId }) => variantId === row.variantId);
    const cartDueMs = hold.cartDue?.[row.variantId];
    const dueAtMs = cartDueMs === undefined ? 0 : (left?.dueAtMs ?? cartDueMs);
    if (dueAtMs > nowMs) cart.rows.push({ ...row, dueAtMs });
    else unitsAt(model, row).reserved -= row.quantity;
  }
}

/** A checkout that became an order ends its cart. */
export function endCartInModel(model: StockModel, holdId: string): void {
  const hold = model.holds[holdId];
  if (!hold?.rows.some(({ variantId }) => hold.cartDue?.[variantId] !== undefined)) return;
  const cart = cartOf(model, cartIdOf(holdId));
  for (const row of cart.rows) unitsAt(model, row).reserved -= row.quantity;
  cart.rows = [];
}

function setCart(model: StockModel, edit: CartEdit): unknown {
  const cart = cartOf(model, edit.cartId);
  const news = edit.lines.filter(({ variantId }) => (cart.seen[variantId] ?? 0) < edit.editNo);
  if (liveCheckouts(model, edit.cartId).some(({ rows }) => rows.length > 0)) {
    for (const { variantId } of news) cart.seen[variantId] = edit.editNo;
    return { outcome: "checking_out" };
  }
  const isNamed = ({ variantId }: { variantId: string }) => news.some((line) => line.variantId === variantId);
  const wanted: ModelRow[][] = [];
  let isTooMany = false;
  for (const line of news) {
    const own = placesOf(line, cart.rows, edit.ranking);
    const rows = line.quantity <= total(own) ? upTo(own, line.quantity) : found(model, edit, line, own);
    if (!rows) return { outcome: "short" };
    const all = ["BLR", "MUM", "DEL"].map((warehouseId) => freeAt(model, { ...line, warehouseId }));
    const share = Math.floor(((all.reduce((sum, units) => sum + units, 0) + total(own)) * edit.maxSharePercent) / 100);
    isTooMany ||= line.quantity > Math.max(share, total(own), line.least);
    wanted.push(rows);
  }
  if (isTooMany) return { outcome: "too_many" };
  const before = cart.rows.filter(isNamed);
  for (const row of before) unitsAt(model, row).reserved -= row.quantity;
  const dueOf = (row: ModelRow) => before.flatMap((own) => (own.variantId === row.variantId ? [own.dueAtMs] : []));
  const taken = wanted.flat().map((row) => ({ ...row, dueAtMs: Math.max(edit.untilMs, ...dueOf(row)) }));
  for (const row of taken) unitsAt(model, row).reserved += row.quantity;
  cart.rows = [...cart.rows.filter((row) => !isNamed(row)), ...taken];
  for (const { variantId } of news) cart.seen[variantId] = edit.editNo;
  const named = cart.rows.filter(({ variantId }) => edit.lines.some((line) => line.variantId === variantId));
  return { outcome: "set", held: unitsBy(named) };
}

function convert(model: StockModel, checkout: Checkout, nowMs: number): unknown {
  const cart = cartOf(model, checkout.cartId);
  const holdId = `${checkout.cartId}.${checkout.generation}`;
  const known = model.holds[holdId];
  if (known?.state === "live" && known.rows.length > 0) return converted(known.rows, known.cartDue ?? {});
  if (cart.generation >= checkout.generation) return { outcome: "ended" };
  const isNamed = ({ variantId }: { variantId: string }) => checkout.lines.some((line) => line.variantId === variantId);
  const abandoned = liveCheckouts(model, checkout.cartId);
  const own = [...cart.rows, ...abandoned.flatMap(({ rows }) => rows)].filter(isNamed);
  const wanted = checkout.lines.map((line) => found(model, checkout, line, placesOf(line, own, checkout.ranking)));
  if (wanted.some((rows) => !rows)) return { outcome: "short" };
  const cartDue: Record<string, number> = {};
  for (const { variantId } of checkout.lines) {
    const times = [
      ...cart.rows.filter((row) => row.variantId === variantId).map(({ dueAtMs }) => dueAtMs),
      ...abandoned.filter(({ rows }) => rows.some((row) => row.variantId === variantId)).map((hold) => hold.cartDue?.[variantId]),
    ].filter((dueAtMs) => dueAtMs !== undefined);
    if (times.length > 0) cartDue[variantId] = Math.max(...times);
  }
  const rows = wanted.flatMap((each) => each ?? []);
  const stays = checkout.lines.flatMap((line) => {
    const dueAtMs = cartDue[line.variantId];
    return dueAtMs === undefined ? [] : leftOf(line, own, rows, checkout.ranking).map((row) => ({ ...row, dueAtMs }));
  });
  for (const row of own) unitsAt(model, row).reserved -= row.quantity;
  for (const row of [...rows, ...stays]) unitsAt(model, row).reserved += row.quantity;
  cart.rows = [...cart.rows.filter((row) => !isNamed(row)), ...stays];
  for (const hold of abandoned) hold.rows = hold.rows.filter((row) => !isNamed(row));
  cart.generation = checkout.generation;
  model.holds[holdId] = { rows, state: "live", dueAtMs: nowMs + 120_000, cartDue };
  return converted(rows, cartDue);
}

/** The units beyond the quote, from the nearest warehouses where the checkout does not take them. */
function leftOf(line: StockLine, own: ModelRow[], taken: ModelRow[], ranking: string[]): ModelRow[] {
  const mine = placesOf(line, own, ranking);
  const usedAt = (at: string) => placesOf(line, taken, ranking).find((row) => row.warehouseId === at)?.quantity ?? 0;
  const free = mine.map((row) => ({ ...row, quantity: Math.max(0, row.quantity - usedAt(row.warehouseId)) }));
  return upTo(free, Math.max(0, total(mine) - line.quantity));
}

/** What a cart has of a variant, one row per warehouse, nearest first. */
function placesOf({ variantId }: { variantId: string }, own: readonly ModelRow[], ranking: readonly string[]): ModelRow[] {
  const rowsOf = own.filter((row) => row.variantId === variantId);
  const places = Object.entries(Object.groupBy(rowsOf, ({ warehouseId }) => warehouseId));
  const units = places.map(([warehouseId, rows = []]) => ({ variantId, warehouseId, quantity: total(rows) }));
  return ranked(units, ranking);
}

function converted(rows: readonly ModelRow[], cartDue: Record<string, number>) {
  const variants = [...new Set(rows.map(({ variantId }) => variantId))].toSorted();
  const fresh = variants.filter((variantId) => cartDue[variantId] === undefined);
  return { outcome: "reserved", allocations: sorted(rows), fresh };
}

/** The cart's own units where they may stay, then the missing ones. */
function found(
  model: StockModel,
  { policy, ranking }: Pick<Checkout, "policy" | "ranking">,
  { variantId, quantity }: StockLine,
  own: readonly ModelRow[],
): ModelRow[] | undefined {
  const able = policy === "nearest" ? ranking.slice(0, 1) : ranking;
  const mayStay = own.filter(({ warehouseId }) => able.includes(warehouseId));
  const kept = upTo(mayStay, quantity);
  let missing = quantity - total(kept);
  if (missing === 0 && (kept.length === 1 || policy === "nearest_available")) return kept;
  const ownAt = (place: string) => own.find(({ warehouseId }) => warehouseId === place)?.quantity ?? 0;
  const free = able.map((warehouseId) => ({ variantId, warehouseId, quantity: freeAt(model, { variantId, warehouseId }) }));
  if (policy !== "nearest_available") {
    const whole = free.find((row) => row.quantity + ownAt(row.warehouseId) >= quantity);
    return whole && [{ ...whole, quantity }];
  }
  const whole = free.find((row) => row.quantity >= missing);
  const added = upTo(whole ? [whole] : free, missing);
  missing -= total(added);
  return missing > 0 ? undefined : placesOf({ variantId }, [...kept, ...added], ranking);
}

function upTo(rows: readonly ModelRow[], quantity: number): ModelRow[] {
  let missing = quantity;
  return rows.flatMap(({ variantId, warehouseId, ...row }) => {
    const taken = Math.min(missing, row.quantity);
    missing -= taken;
    return taken > 0 ? [{ variantId, warehouseId, quantity: taken }] : [];
  });
}

function ranked(rows: readonly ModelRow[], ranking: readonly string[]): ModelRow[] {
  const place = ({ warehouseId }: ModelRow) => (ranking.includes(warehouseId) ? ranking.indexOf(warehouseId) : ranking.length);
  return sorted(rows).toSorted((a, b) => place(a) - place(b));
}

function unitsBy(rows: readonly ModelRow[]): Record<string, number> {
  const variants = Object.groupBy(rows, ({ variantId }) => variantId);
  return Object.fromEntries(Object.entries(variants).map(([variantId, own = []]) => [variantId, total(own)]));
}

function liveCheckouts(model: StockModel, cartId: string) {
  const isOf = (holdId: string) => holdId.startsWith(`${cartId}.`);
  return Object.entries(model.holds).flatMap(([id, hold]) => (hold.state === "live" && isOf(id) ? [hold] : []));
}

function cartOf(model: StockModel, cartId: string) {
  return (model.carts[cartId] ??= { rows: [], seen: {}, generation: 0 });
}

function cartIdOf(holdId: string): string {
  return holdId.slice(0, holdId.lastIndexOf("."));
}

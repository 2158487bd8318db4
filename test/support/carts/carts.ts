import type { CartJson } from "../../../src/carts/cart-contract.ts";
import type { ItemEdit } from "../../../src/carts/plan-edit.ts";
import { type EditedCart, editItem } from "../../../src/carts/edit-item.ts";
import type { Deps } from "../../../src/deps.ts";
import { Refusal } from "../../../src/errors.ts";
import { GUEST } from "../accounts/callers.ts";
import { type AskOptions, del, get, patch, post } from "../http/requests.ts";
import { sqlInD1 } from "../stock/stock.ts";

export type CartBody = CartJson;

/** Creates a cart over HTTP: a guest's, unless the options have a token. @returns its id */
export async function newCart(body: Record<string, unknown> = {}, options: AskOptions = {}): Promise<string> {
  return (await bodyOf(post("/api/v1/carts", body, options))).cart_id;
}

/** Sets a product's quantity in a cart; the product has one variant with the same id, unless `more` names another. */
export function putItem(
  cartId: string,
  productId: string,
  quantity: number,
  more: Record<string, unknown> = {},
  options: AskOptions = {},
): Promise<Response> {
  return post(`/api/v1/carts/${cartId}/items`, { product_id: productId, quantity, ...more }, options);
}

export function changeItem(cartId: string, itemId: string, body: object, options: AskOptions = {}): Promise<Response> {
  return patch(`/api/v1/carts/${cartId}/items/${itemId}`, body, options);
}

export function removeItem(cartId: string, itemId: string, options: AskOptions = {}): Promise<Response> {
  return del(`/api/v1/carts/${cartId}/items/${itemId}`, options);
}

export function claimCart(cartId: string, options: AskOptions): Promise<Response> {
  return post(`/api/v1/carts/${cartId}/claim`, undefined, options);
}

/** Reads a cart. */
export function readCart(cartId: string, options: AskOptions = {}): Promise<CartBody> {
  return bodyOf(get(`/api/v1/carts/${cartId}`, options));
}

/** Creates a cart with reserved units of each product. @returns its id */
export async function cartOf(units: Readonly<Record<string, number>>, options: AskOptions = {}): Promise<string> {
  const cartId = await newCart({}, options);
  for (const [productId, quantity] of Object.entries(units)) await bodyOf(putItem(cartId, productId, quantity, {}, options));
  return cartId;
}

/** The body of an answer; throws unless the answer is successful. */
export async function bodyOf<B = CartBody>(answer: Promise<Response>): Promise<B> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** The problem of an answer, with its status. */
export async function refusal(answer: Promise<Response>): Promise<Record<string, unknown> & { status: number }> {
  const response = await answer;
  const problem = await response.json<Record<string, unknown>>();
  return { ...problem, status: response.status };
}

/** The quantity of each line and whether it is reserved, by item. */
export function unitsIn(cart: Pick<CartBody, "items">): Record<string, [number, boolean]> {
  return Object.fromEntries(cart.items.map((item) => [item.item_id, [item.quantity, item.is_reserved]]));
}

/** A cart's lines in D1. */
export function itemRows(
  cartId: string,
): Promise<{ variantId: string; quantity: number; editNo: number; untilMs: number | null; sinceMs: number | null }[]> {
  return sqlInD1(
    `SELECT variant_id AS variantId, quantity, edit_no AS editNo, reserved_until_ms AS untilMs, reserved_since_ms AS sinceMs
     FROM cart_items WHERE cart_id = ? ORDER BY line_no`,
    cartId,
  );
}

/** A cart's losses in D1. */
export function lossRows(cartId: string): Promise<{ variantId: string; quantity: number; seen: number }[]> {
  return sqlInD1(
    `SELECT variant_id AS variantId, quantity, seen_at_ms IS NOT NULL AS seen FROM cart_losses WHERE cart_id = ? ORDER BY variant_id`,
    cartId,
  );
}

/** Waits until all losses of a cart are marked as seen. */
export async function untilLossesSeen(cartId: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    if ((await lossRows(cartId)).every(({ seen }) => seen === 1)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Edits a guest's cart with the test's own deps, as the route would. @returns the cart, or the code of the refusal */
export async function editBy(
  deps: Deps,
  edit: Omit<ItemEdit, "wanted"> & { productId: string },
  key?: string,
): Promise<EditedCart | { code: string }> {
  const { productId, ...rest } = edit;
  const keyed = key === undefined ? undefined : { id: key, requestHash: `hash of ${key}` };
  try {
    return await editItem(deps, keyed, GUEST, { ...rest, wanted: { variantId: productId } });
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code };
    throw error;
  }
}

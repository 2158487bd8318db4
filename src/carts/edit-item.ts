import { findSellableComponents, findSellables } from "../catalog/queries.ts";
import type { Caller, Deps } from "../deps.ts";
import { keyReused } from "../errors.ts";
import { findAnswer, type KeptAnswer } from "../writes/queries.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { orderLines } from "../pricing/rules/lines.ts";
import { storedRankingQuery } from "../warehouses/rank-for.ts";
import { normalisePostalCode } from "../warehouses/rules/postal-code.ts";
import { decideEdit, type EditReading, type ItemEdit, reachOf } from "./decide-edit.ts";
import { askFor, confirmEdit, type EditPlan, keepEdit, undo, writeEdit } from "./edit.ts";
import { keepStanding } from "./edit-queries.ts";
import { cartSources, codesOf } from "./queries.ts";
import { cartQueries, openedCart, shownCart } from "./read-cart.ts";
import { checkedOut, overtaken, reservationRefusal } from "./refuse.ts";
import { type CartItem, partLost } from "./rules/cart.ts";
import type { CartView } from "./rules/view.ts";

/** How often an edit is decided anew because others changed the cart in between. */
const MAX_ATTEMPTS = 5;

/** What a key keeps of its edit: the number that it was allotted, and what the line was before. */
interface KeptEdit {
  editNo: number;
  variantId: string;
  before: CartItem | null;
}

export interface EditedCart {
  view: CartView;
  replayed: boolean;
}

/**
 * Edits one line by PROTOCOL K0, in four hops whatever the number of lines: read, write what is wanted, ask the objects, confirm. Where an
 * object refuses, the line becomes what it was. Repeated with its key it answers the cart as it is now.
 * @throws Refusal `insufficient_stock`, `more_than_share`, `checking_out`, `cart_checked_out`, `unresolved`, and what `decideEdit` refuses
 */
export async function editItem(deps: Deps, keyed: Keyed | undefined, caller: Caller, edit: ItemEdit): Promise<EditedCart> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const edited = await editOnce(deps, keyed, caller, edit);
    if (edited) return edited;
  }
  throw overtaken(keyed);
}

/** @returns `undefined` where somebody was faster */
async function editOnce(deps: Deps, keyed: Keyed | undefined, caller: Caller, edit: ItemEdit): Promise<EditedCart | undefined> {
  const { kept, ...reading } = await readForEdit(deps, keyed, caller, edit);
  const { cart, book } = reading;
  const begun = kept && keptEdit(kept, keyed);
  const left = begun && resumed(deps, reading, begun);
  if (begun && !left) {
    if (edit.kind === "remove" && !(await isToStand(deps, keyed))) return undefined;
    return { view: await shownCart(deps, caller, cart, book), replayed: true };
  }
  if (cart.row.orderId !== null) throw checkedOut(cart.row.orderId);
  const plan = left ?? decideEdit(deps, reading, edit);
  const keeping = keyed && !left ? [keepEdit(deps, keyed, keptOf(plan))] : [];
  const isWritten = left !== undefined || (await writeEdit(deps, plan, keyed, keeping));
  const view = isWritten ? await carryOut(deps, caller, plan, edit, keyed) : undefined;
  return view && { view, replayed: false };
}

async function readForEdit(deps: Deps, keyed: Keyed | undefined, caller: Caller, edit: ItemEdit) {
  const { cartId, wanted, edge } = edit;
  const promoCodes = codesOf([cartId], edit.promoCode ? [edit.promoCode] : []);
  const stored = cartSources(cartId);
  const given = edit.postalCode === undefined ? undefined : normalisePostalCode(edit.postalCode);
  const read = await deps.db.batch("read cart to edit", {
    ...cartQueries(deps, cartId, { promoCodes }),
    sellables: findSellables([wanted]),
    components: findSellableComponents([wanted]),
    rank: storedRankingQuery(deps, edit.country ?? stored.country, given ?? stored.postalCode),
    kept: findAnswer(keyed?.id ?? ""),
  });
  const { row, items, losses, book, sellables, components, rank, kept } = read;
  return {
    cart: openedCart(row, items, losses, caller),
    book,
    soldOf: (quantity: number) => orderLines([{ ...wanted, quantity }], sellables, components),
    rank: (destination: { country: string; postalCode?: string | undefined }) =>
      rank({ ...destination, edge }, { selfService: false }),
    kept: keyed && kept,
  };
}

function keptEdit({ requestHash, answer }: KeptAnswer, keyed: Keyed | undefined): KeptEdit {
  if (requestHash !== keyed?.requestHash) throw keyReused();
  return JSON.parse(answer) as KeptEdit;
}

function keptOf({ row: { editNo }, changes: [change] }: EditPlan): KeptEdit {
  return { editNo, variantId: change?.variantId ?? "", before: change?.before ?? null };
}

/** What was taken out leaves nothing in D1 by which the attempt that did it would know that it stands. @returns false where it was undone meanwhile */
async function isToStand(deps: Deps, keyed: Keyed | undefined): Promise<boolean> {
  const { kept } = await deps.db.batch("is to stand", { kept: keepStanding(keyed?.id ?? "") });
  return kept > 0;
}

/**
 * The edit that a key began and that no Worker has finished: under its own number it is carried out once more (PROTOCOL K0).
 * @returns `undefined` where there is nothing to finish, or a later edit wrote the line
 */
function resumed(deps: Deps, reading: EditReading, { editNo, variantId, before }: KeptEdit): EditPlan | undefined {
  const { cart, book } = reading;
  const { live } = partLost(cart, deps.nowMs());
  const after = live.find((item) => item.variantId === variantId && item.editNo === editNo);
  if (cart.row.orderId !== null || !after || after.reservedUntilMs !== null || after.reservedSinceMs === null) return undefined;
  return {
    read: cart.row,
    row: { ...cart.row, editNo },
    items: live,
    hasLost: false,
    losses: cart.losses,
    book,
    changes: [{ variantId, before: before ?? undefined, after }],
    ...reachOf(reading, cart.row),
  };
}

/**
 * The third hop and the fourth; where an object refuses, what was written is undone first. Attempts with one key share the edit's number.
 * @returns `undefined` where another attempt was faster with the opposite: then it is to be decided anew
 */
async function carryOut(
  deps: Deps,
  caller: Caller,
  plan: EditPlan,
  edit: ItemEdit,
  keyed: Keyed | undefined,
): Promise<CartView | undefined> {
  const answers = await askFor(deps, plan);
  // What is taken out is gone in D1 already: an object that did not hear of it gives the units back when their time is over.
  const failed = answers.refused.filter(({ outcome }) => edit.kind !== "remove" || outcome === "checking_out");
  if (failed.length > 0) {
    // Where every object said so at the first time of asking, its units are as they were: their time and price stand on.
    const isUntouched =
      answers.levels.length === 0 && answers.refused.every((each) => each.outcome === "checking_out" && each.isNew);
    if (!(await undo(deps, plan, keyed, isUntouched))) return undefined;
    throw reservationRefusal(failed, plan.changes[0]?.after, plan.names, keyed);
  }
  const { items, stands } = await confirmEdit(deps, plan, answers, keyed);
  if (!stands) return undefined;
  return shownCart(deps, caller, { row: plan.row, items, losses: plan.losses }, plan.book);
}

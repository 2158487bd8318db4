import { describe, it } from "vitest";
import { addAddress, changeAddress, removeAddress } from "../../../src/accounts/addresses/change-book.ts";
import type { Deps } from "../../../src/deps.ts";
import type { Written } from "../../../src/writes/rules/keyed.ts";
import { userOf } from "../../support/accounts/accounts.ts";
import { countsOf } from "../../support/accounts/address-book.ts";
import { cutAct, everyCut } from "../../support/cuts.ts";
import { atD1, FAULTS, faultyWorker, waitingAt } from "../../support/faults.ts";
import { newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

/** More batches than a change makes: the kept answer, the read, the write, the kept answer again, the address. */
const TOO_MANY = 7;

const NOTHING = { label: null, name: null, phone: null, line2: null, region: null, postalCode: null };
const FIELDS = { ...NOTHING, line1: "12 Lake Road", city: "Bengaluru", country: "IN" };

type Keyed = { id: string; requestHash: string } | undefined;
interface Book {
  userId: string;
  /** The default, and one that is not. */
  ids: [string, string];
}

async function bookOfTwo(): Promise<Book> {
  const { userId } = await userOf();
  const add = async () => {
    const { answer } = await addAddress(faultyWorker().deps, undefined, userId, { fields: FIELDS, isDefault: false });
    return answer.addressId;
  };
  return { userId, ids: [await add(), await add()] };
}

/** Each write, and how many addresses and which default a book of two has after it. */
const WRITES: Record<
  string,
  [(deps: Deps, keyed: Keyed, book: Book) => Promise<Written<unknown>>, number, "old" | "other" | "new"]
> = {
  adding: [(deps, keyed, { userId }) => addAddress(deps, keyed, userId, { fields: FIELDS, isDefault: true }), 3, "new"],
  changing: [
    (deps, keyed, { userId, ids }) =>
      changeAddress(deps, keyed, userId, { addressId: ids[1], fields: { line2: "Flat 3" }, isDefault: true }),
    2,
    "other",
  ],
  deleting: [(deps, keyed, { userId, ids }) => removeAddress(deps, keyed, userId, ids[0]), 1, "other"],
};

async function defaultOf({ userId, ids }: Book): Promise<string> {
  const [row] = await sqlInD1<{ id: string }>(
    "SELECT address_id AS id FROM addresses WHERE user_id = ? AND is_default = 1",
    userId,
  );
  if (row?.id === ids[0]) return "old";
  return row?.id === ids[1] ? "other" : "new";
}

describe.for(Object.entries(WRITES))("%s an address", ([, [write, count, isDefault]]) => {
  it.for(FAULTS)("cut at every step (%s): a retry with the key does it once", async (fault, { expect }) => {
    const { steps } = await everyCut(TOO_MANY, async (at) => {
      const [book, keyed] = [await bookOfTwo(), { id: newId("key"), requestHash: "hash" }];
      const isCut = await cutAct(({ deps }) => write(deps, keyed, book), at, fault);

      const done = await write(faultyWorker().deps, keyed, book);
      const again = await write(faultyWorker().deps, keyed, book);

      expect([await countsOf(book.userId), await defaultOf(book)], `${fault} at ${at}`).toEqual([
        { all: count, defaults: 1 },
        isDefault,
      ]);
      expect([again.replayed, again.answer]).toEqual([true, done.answer]);
      return { isCut };
    });

    expect(steps).toBeGreaterThanOrEqual(3);
    expect(steps).toBeLessThan(TOO_MANY);
  });
});

describe("two changes of a book at once", () => {
  it.for([
    ["two first addresses", 0, ["adding", "adding"], 2],
    ["two that both become the default", 2, ["adding", "changing"], 3],
    ["one that is deleted while it becomes the default", 2, ["changing", "deleting other"], 1],
    ["the default deleted while another is made it", 2, ["deleting", "changing"], 1],
  ] as const)("leave one default: %s", async ([, had, writes, count], { expect }) => {
    const empty: Book = { userId: (await userOf()).userId, ids: ["none", "none"] };
    const book = had === 0 ? empty : await bookOfTwo();
    const run = async (deps: Deps, name: string) => {
      if (name === "deleting other") return removeAddress(deps, undefined, book.userId, book.ids[1]);
      return WRITES[name]?.[0](deps, undefined, book);
    };
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const late = run(worker.deps, writes[0]).catch((error: unknown) => error);
    await waits;
    await run(faultyWorker().deps, writes[1]);
    goOn();
    await late;

    expect(await countsOf(book.userId)).toEqual({ all: count, defaults: 1 });
  });

  it("answer what became of them: of two first addresses the later one is not the default", async ({ expect }) => {
    const { userId } = await userOf();
    const add = (deps: Deps) => addAddress(deps, undefined, userId, { fields: FIELDS, isDefault: false });
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const late = add(worker.deps);
    await waits;
    const first = await add(faultyWorker().deps);
    goOn();

    expect([first.answer.isDefault, (await late).answer.isDefault]).toEqual([true, false]);
  });

  it("do not both add the last address that there may be", async ({ expect }) => {
    const { userId } = await bookOfTwo();
    await sqlInD1(
      `INSERT INTO addresses SELECT user_id, address_id || value, label, name, phone, line1, line2, city, region, postal_code, country, 0,
         created_at_ms, updated_at_ms FROM addresses JOIN json_each(?) WHERE user_id = ? AND is_default = 1`,
      JSON.stringify(Array.from({ length: 47 }, (_, index) => index)),
      userId,
    );
    const add = (deps: Deps) => addAddress(deps, undefined, userId, { fields: FIELDS, isDefault: false });
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const late = add(worker.deps);
    await waits;
    await add(faultyWorker().deps);
    goOn();

    await expect(late).rejects.toMatchObject({ code: "too_many_addresses" });
    expect(await countsOf(userId)).toEqual({ all: 50, defaults: 1 });
  });
});

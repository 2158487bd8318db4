/** The rules that a search can leave out, each as the protocol would word it. */
export const RULES = {
  "a fenced hold is never recorded": "the record fails where the hold is fenced (C5)",
  "an ended hold never reserves": "a hold with a reserve movement and no rows answers `ended` (O1)",
  "commit needs rows": "without hold rows a commit does nothing",
  "ship commits first": "a ship whose hold still has rows commits them first",
  "cancelled before the commit": "of a hold that still has rows, a cancellation takes its units from the rows",
  "D1 before the object": "D1 records a shipment before the object is told",
  "one batch": "a shipment and its pending action are one batch",
  "acknowledged, then deleted": "an action is deleted only after the object has carried it out",
  "once per id": "the object carries each action out once; its ledger is the tombstone",
  "no more than ordered": "D1 refuses where shipped + cancelled + units > ordered",
  "no more back than shipped": "D1 refuses where returned + units > shipped",
  "shipped is never cancelled": "D1 refuses a full cancellation where anything was shipped",
  "end takes everything": "end releases rows and deallocates what is left",
  "ended is done": "a cancel whose hold has neither rows nor an allocation does nothing and is acknowledged",
  "pending first": "the Worker reads D1 after the clerk's look and carries out every shipment and return before it asks to count",
  "unmoved since shown":
    "the object refuses a count where any movement of on hand, or a count, came after the one that the clerk was shown",
  "a count is a move": "a count that changes nothing is a movement too",
  "shown, then looked": "the clerk was shown on hand before he looked at the shelf",
  "parcels leave when recorded": "a parcel counts as on the shelf exactly until its shipment is recorded",
  "counts keep promises": "a count below reserved + allocated is refused, unless it says `keep_oldest`",
  "missing units are not for sale":
    "what a short count has yet to take off on hand is not available, so that nobody gets the units that a cut frees",
  "D1 cuts": "D1 takes the missing units from its newest orders before the object does",
  "decided once": "D1 decides each round of a shortage once; an object that asks again gets the same answer",
  "ended by a decision": "the object ends a shortage only after it has cut what D1 decided in its round",
  "no way back": "an object that has run the new release never runs the old one again",
  "sales become allocations":
    "a call on a hold with a sale first turns what is left of it into an allocation; a count waits for all of them",
} as const;

export type RuleName = keyof typeof RULES;

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

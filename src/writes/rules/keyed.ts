/** What a keyed write needs to act once: its own id, and what tells its body from another. */
export interface Keyed {
  id: string;
  requestHash: string;
}

/** What became of a write. `replayed`: an earlier attempt under the same key did it. */
export interface Written<A> {
  answer: A;
  status: 200 | 201;
  replayed: boolean;
}

/** The identity of a keyed write: the id of its key and the hash of its body. */
export interface Keyed {
  id: string;
  requestHash: string;
}

/** The result of a write. `replayed`: an earlier request with the same key did it. */
export interface Written<A> {
  answer: A;
  status: 200 | 201;
  replayed: boolean;
}

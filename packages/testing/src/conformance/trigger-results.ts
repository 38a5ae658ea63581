/** Returns a trigger that throws `value`. */
export function throws(value: unknown): () => never {
  return () => {
    throw value;
  };
}

/** Returns a trigger whose promise rejects with `value`. */
export function rejects(value: unknown): () => Promise<never> {
  return async () => {
    await Promise.resolve();
    return throws(value)();
  };
}

/** The two ways in which a trigger fails, with the words for the names of tests. */
export const WAYS_TO_FAIL: readonly {
  readonly how: string;
  readonly fails: (value: unknown) => () => never | Promise<never>;
}[] = [
  { how: 'throws', fails: throws },
  { how: 'rejects', fails: rejects },
];

/** A thenable that is not a promise: it has only `then`. */
export function thenable(
  then: (fulfil: (value?: unknown) => void, reject: (reason?: unknown) => void) => void,
): PromiseLike<unknown> {
  return { then } as unknown as PromiseLike<unknown>; // as: a thenable needs no more
}

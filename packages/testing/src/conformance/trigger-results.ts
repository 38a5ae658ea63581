/** A trigger that throws the value, whatever it is. */
export function throws(value: unknown): () => never {
  return () => {
    throw value;
  };
}

/** A trigger whose promise rejects with the value, whatever it is. */
export function rejects(value: unknown): () => Promise<never> {
  return async () => {
    await Promise.resolve();
    return throws(value)();
  };
}

/** A thenable that is no promise: it calls `then` with what it is given. */
export function thenable(
  then: (fulfil: (value?: unknown) => void, reject: (reason?: unknown) => void) => void,
): PromiseLike<unknown> {
  return { then } as unknown as PromiseLike<unknown>; // as: less than a promise has, and all that a thenable needs
}

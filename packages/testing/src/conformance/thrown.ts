/** Returns what `body` throws. Throws when it returns. */
export function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('expected the function to throw; it returned');
}

/** {@link codeOf} what `body` throws. */
export function codeThrownBy(body: () => unknown): string {
  return codeOf(thrownBy(body));
}

/** Resolves with what the promise rejects with. Rejects when it is fulfilled. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected the promise to reject; it was fulfilled');
}

/** The `code` of an error, else its text. Not its class: two copies of a package have two classes with the same code. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return String(error);
}

/** What the function throws; an error when it throws nothing. */
export function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('expected the function to throw; it returned');
}

/** The `code` of what the function throws; for what is not one of our errors, its text. */
export function codeThrownBy(body: () => unknown): string {
  return codeOf(thrownBy(body));
}

/** What the promise rejects with; an error when it is fulfilled. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  let reason: { readonly error: unknown };
  try {
    await promise;
  } catch (error) {
    reason = { error };
    return reason.error;
  }
  throw new Error('expected the promise to reject; it was fulfilled');
}

/** The `code` of an error, else its text: two copies of the package have two copies of each class, but the same codes. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return String(error);
}

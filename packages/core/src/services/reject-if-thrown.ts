/** Calls what returns a promise. What it throws, since it was given something wrong, is a rejection. */
export function rejecting<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return new Promise((_resolve, reject) => {
      (reject as (reason: unknown) => void)(error); // as: a getter may throw anything
    });
  }
}

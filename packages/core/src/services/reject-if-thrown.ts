/** Calls a function that returns a promise. If it throws, for a wrong argument say, returns a promise that rejects with that error. */
export function rejectIfThrown<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return new Promise((_resolve, reject) => {
      (reject as (reason: unknown) => void)(error); // as: a getter may throw anything
    });
  }
}

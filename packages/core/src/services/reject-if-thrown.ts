/** Calls a function that returns a promise. If the function throws, such as for a wrong argument, the promise rejects with that error. */
export function rejectIfThrown<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return new Promise((_resolve, reject) => {
      (reject as (reason: unknown) => void)(error); // as: a getter may throw anything
    });
  }
}

/** Gives a function its name. Bundlers may shorten names in the source, but not this one. */
export function named<F extends (...args: never[]) => unknown>(name: string, fn: F): F {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** A function that throws. */
export function fail(): never {
  throw new Error('this fails');
}

/** A function that must not be called. */
export function mustNotRun(): never {
  throw new Error('this must not run');
}

/** A function that does nothing. */
export function ignore(): void {
  // Nothing to do.
}

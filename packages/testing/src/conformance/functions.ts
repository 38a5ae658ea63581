/** The function under this name, which a bundler that shortens names leaves alone. */
export function named<F extends (...args: never[]) => unknown>(name: string, fn: F): F {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** A call that fails. */
export function fail(): never {
  throw new Error('this fails');
}

/** A call that must never be made. */
export function mustNotRun(): never {
  throw new Error('this must not run');
}

export function ignore(): void {
  // Heard, and of no interest here.
}

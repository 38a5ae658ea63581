import type { ErrorSource, OnError } from '@triphase/core';

/** The option `onError`, which records its arguments. Spread it into the options of a reactor. */
export interface ErrorRecord {
  readonly onError: OnError;
  readonly errors: readonly unknown[];
  readonly sources: readonly ErrorSource[];
}

export function recordErrors(): ErrorRecord {
  const errors: unknown[] = [];
  const sources: ErrorSource[] = [];
  const onError: OnError = (error, source) => {
    errors.push(error);
    sources.push(source);
  };
  // Not enumerable: a reactor throws for options that it does not know.
  const hidden = { errors: { value: errors }, sources: { value: sources } };
  return Object.defineProperties({ onError } as ErrorRecord, hidden); // as: the next argument defines them
}

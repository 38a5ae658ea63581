import type { ErrorSource, OnError } from '@triphase/core';

/** An `onError` that keeps what it is told. */
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
  // It is spread into the options of a reactor, which may refuse what it does not know.
  const hidden = { errors: { value: errors }, sources: { value: sources } };
  return Object.defineProperties({ onError } as ErrorRecord, hidden); // as: they are defined here
}

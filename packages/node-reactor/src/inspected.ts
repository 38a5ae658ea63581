import { describeThrown, printableLines } from '@triphase/core';
import { builtin } from './builtin.ts';

/** An error that nobody caught, with its properties; as core shows it where its own `stack` or inspection throws. Never throws. */
export function inspected(value: unknown): string {
  try {
    return printableLines(builtin('util').inspect(value));
  } catch {
    return describeThrown(value);
  }
}

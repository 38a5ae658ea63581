import { builtin } from './builtin.ts';

/** Its number on this system; undefined where there is no such signal. */
export function signalNumber(signal: string): number | undefined {
  const numbers: Readonly<Record<string, number | undefined>> = builtin('os').constants.signals;
  return numbers[signal];
}

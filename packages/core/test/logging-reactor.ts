import { type ReactorOptions } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

/** A reactor, and the lines that it logs. */
export function loggingReactor(options: ReactorOptions = {}): [HandTurnedReactor, string[]] {
  const lines: string[] = [];
  const add = (text: string): unknown => lines.push(text);
  return [new HandTurnedReactor({ logger: { info: add, warn: add, error: add }, ...options }), lines];
}

export const raise = (value: unknown): never => {
  throw value;
};

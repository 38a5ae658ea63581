import { listed, printable, type PendingItem } from '@triphase/core';
import type { ProcessHost } from './process-host.ts';
import { unref } from './unref.ts';

/** When a start or stop that is still under way says what it waits for, and how often after that (N9). Milliseconds. */
const FIRST_MS = 2_000;
const EVERY_MS = 5_000;

/** What holds a stop; calls do not. */
const HOLDING: readonly PendingItem['kind'][] = ['trigger', 'service', 'firing', 'work'];

/** `http (3 requests), db-pool (during, 4.1 s)`; the first ten, and how many more. */
export function describeWaiting(waiting: readonly PendingItem[]): string {
  const holding = waiting.filter(
    ({ kind, name, status }, at) =>
      HOLDING.includes(kind) &&
      // A service that is pending in several phases has the same status in each of them: it is shown once.
      (status === undefined || waiting.findIndex((other) => other.name === name && other.status === status) === at),
  );
  return listed(holding, ({ name, phase, age, status }) => {
    const since = `${(age / 1_000).toFixed(1)} s`;
    return `${printable(name)} (${printable(status ?? (phase === undefined ? since : `${phase}, ${since}`))})`;
  });
}

/** Prints again and again what is still pending (N9). Its timer doesn't keep the process alive. */
export class PendingLines {
  readonly #host: ProcessHost;
  #timer: unknown;

  /** `start`: how a line begins; `delay`: milliseconds in which it waits on purpose, such as a lead time (N13). */
  constructor(
    host: ProcessHost,
    start: string,
    delay: number,
    pending: () => readonly PendingItem[],
    say: (line: string) => void,
  ) {
    this.#host = host;
    const tell = (): void => {
      const waiting = describeWaiting(pending());
      this.#timer = unref(host.setTimeout(tell, EVERY_MS));
      if (waiting !== '') say(`${start}: ${waiting}`);
    };
    this.#timer = unref(host.setTimeout(tell, delay + FIRST_MS));
  }

  end(): void {
    this.#host.clearTimeout(this.#timer);
  }
}

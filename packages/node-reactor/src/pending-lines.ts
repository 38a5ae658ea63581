import { listed, printable, type Waiting } from '@triphase/core';
import type { NodeHost } from './node-host.ts';

/** When a stop that is still under way says what it waits for, and how often after that (N9). Milliseconds. */
const FIRST_MS = 2_000;
const EVERY_MS = 5_000;

/** `http (3 requests), db-pool (during, 4.1 s)`; the first ten, and how many more. */
export function describeWaiting(waiting: readonly Waiting[]): string {
  const holding = waiting.filter(({ kind }) => kind === 'trigger' || kind === 'service' || kind === 'firing');
  return listed(holding, ({ name, phase, age, status }) => {
    const since = `${(age / 1_000).toFixed(1)} s`;
    return `${printable(name)} (${printable(status ?? (phase === undefined ? since : `${phase}, ${since}`))})`;
  });
}

/** Says, while the reactor stops, what is still pending (N9). */
export class PendingLines {
  readonly #host: NodeHost;
  #timer: unknown;

  /** `leadTime`: milliseconds in which a stop waits on purpose (N13). */
  constructor(host: NodeHost, leadTime: number, pending: () => readonly Waiting[], say: (line: string) => void) {
    this.#host = host;
    const tell = (): void => {
      const waiting = describeWaiting(pending());
      this.#timer = host.setTimeout(tell, EVERY_MS);
      if (waiting !== '') say(`still waiting for: ${waiting}`);
    };
    this.#timer = host.setTimeout(tell, leadTime + FIRST_MS);
  }

  end(): void {
    this.#host.clearTimeout(this.#timer);
  }
}

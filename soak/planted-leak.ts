/** `--plant listener`, `reactor` or `handle`: leaks something of each life on purpose, to show that the soak finds it. `none` leaks nothing. */
import { EventEmitter } from 'node:events';
import type { Life } from './life.ts';

/** Ways to leak something of each life. */
const LEAKS = {
  none: () => undefined,
  /** The closure of a listener on a global emitter: about ten kilobytes. */
  listener: ({ journal }: Life) => {
    const heard: unknown[] = Array.from({ length: 1_000 }, () => undefined);
    bus.on('news', (news) => {
      heard.push(news, journal);
    });
  },
  reactor: ({ reactor }: Life) => {
    reactors.push(reactor);
  },
  /** A timer that outlives the next check, but lets the process end. */
  handle: () => {
    setTimeout(() => undefined, 2_000);
  },
} satisfies Readonly<Record<string, (life: Life) => void>>;

const bus = new EventEmitter().setMaxListeners(0);
const reactors: unknown[] = [];

/** The leak with this name: a function that the soak calls after each life. Throws `RangeError` for an unknown name. */
export function plantedLeak(name: string): (life: Life) => void {
  const leaks: Readonly<Record<string, ((life: Life) => void) | undefined>> = LEAKS;
  const leak = leaks[name];
  if (leak === undefined) throw new RangeError(`--plant takes ${Object.keys(leaks).join(', ')}, got "${name}"`);
  return leak;
}

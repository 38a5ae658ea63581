import { EventEmitter } from 'node:events';
import type { Life } from './life.ts';

/** What an unwary program keeps of each life; all of it is global, so that nothing of it goes. */
const LEAKS = {
  none: () => undefined,
  /** What a listener of something global has in its closure: some ten kilobytes. */
  listener: ({ journal }: Life) => {
    const heard: unknown[] = Array.from({ length: 1_000 }, () => undefined);
    bus.on('news', (news) => {
      heard.push(news, journal);
    });
  },
  reactor: ({ reactor }: Life) => {
    reactors.push(reactor);
  },
  /** Until the next check, and not so long that the process does not end. */
  handle: () => {
    setTimeout(() => undefined, 2_000);
  },
} satisfies Readonly<Record<string, (life: Life) => void>>;

const bus = new EventEmitter().setMaxListeners(0);
const reactors: unknown[] = [];

/** What is called after each life, so that a soak is seen to find a leak. Throws `RangeError` for a name that is none of a leak. */
export function plantedLeak(name: string): (life: Life) => void {
  const leaks: Readonly<Record<string, ((life: Life) => void) | undefined>> = LEAKS;
  const leak = leaks[name];
  if (leak === undefined) throw new RangeError(`--plant takes ${Object.keys(leaks).join(', ')}, got "${name}"`);
  return leak;
}

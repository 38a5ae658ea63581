import { describe, expect, it } from '@jest/globals';

import { CALLS, ENDS, hooksOf, Reentry } from './reentry.ts';

describe('whatever is asked of a reactor, from whatever it calls', () => {
  const calls = Object.keys(CALLS) as (keyof typeof CALLS)[];
  const ends = Object.keys(ENDS) as (keyof typeof ENDS)[];

  it.each(ends.map((end) => [end]))(
    'C24, C28–C33: run() settles, the host gets all back, and a reactor that is idle can be run: ended by %s',
    async (end) => {
      const faults: Record<string, readonly string[]> = {};
      let lives = 0;
      for (const logs of [false, true]) {
        const hooks = await hooksOf(end, logs);
        for (const hook of logs ? hooks.filter((name) => name === 'logger') : hooks) {
          for (const call of calls) {
            // What a listener of a signal throws goes to the process, by no way of ours.
            if (call === 'throw' && /^signal|^abort of/.test(hook)) continue;
            const life = new Reentry(hook, call, logs);
            await life.live(end);
            lives++;
            if (life.faults.length > 0) faults[`${call} in ${hook}`] = life.faults;
          }
        }
      }
      expect(faults).toEqual({});
      expect(lives).toBeGreaterThan(50 * calls.length);
    },
    120_000,
  );
});

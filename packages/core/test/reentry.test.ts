import { describe, expect, it } from '@jest/globals';

import { CALLS, ENDS } from './reentry-calls.ts';
import { hooksOf, Reentry } from './reentry.ts';

describe('every call of a reactor from every hook that it calls', () => {
  const calls = Object.keys(CALLS) as (keyof typeof CALLS)[];
  const ends = Object.keys(ENDS) as (keyof typeof ENDS)[];

  it.each(ends.map((end) => ({ end })))(
    'C24, C28–C33: run() settles, the host gets back all it gave, and an idle reactor can be run again (ended by $end)',
    async ({ end }) => {
      const faults: Record<string, readonly string[]> = {};
      let lives = 0;
      for (const logs of [false, true]) {
        const hooks = await hooksOf(end, logs);
        for (const hook of logs ? hooks.filter((name) => name === 'logger') : hooks) {
          for (const call of calls) {
            // An error of a listener of a signal goes to the process, not to the reactor.
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

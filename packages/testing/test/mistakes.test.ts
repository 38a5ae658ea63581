import { describe, expect, it } from '@jest/globals';
import { ManualReactor, reactorConformance, tinyRunner } from '@triphase/testing';

const create = (): ManualReactor => new ManualReactor();

/** What is misspelt, the call that makes the mistake, and the message that names the nearest known key. `as never`: callers without types. */
const MISTAKES: readonly (readonly [string, () => unknown, string])[] = [
  [
    'a ManualReactor',
    () => new ManualReactor({ autoJump: true } as never),
    'ManualReactor has no option "autoJump": did you mean "autojump"?',
  ],
  [
    'an option of every reactor',
    () => new ManualReactor({ onErro: create } as never),
    'ManualReactor has no option "onErro": did you mean "onError"?',
  ],
  [
    'limits.shutdown',
    () => new ManualReactor({ limits: { shutdown: { duringg: 5 } } } as never),
    'limits.shutdown has no option "duringg": did you mean "during"?',
  ],
  [
    'flush',
    () => create().flush({ maxTruns: 5 } as never),
    'flush() has no option "maxTruns": did you mean "maxTurns"?',
  ],
  [
    'flushAsync',
    () => create().flushAsync({ maxturns: 5 } as never),
    'flush() has no option "maxturns": did you mean "maxTurns"?',
  ],
  ['run', () => create().run({ Signal: undefined } as never), 'run() has no option "Signal": did you mean "signal"?'],
  [
    'reactorConformance',
    () => reactorConformance(tinyRunner(), { name: 'x', creat: create } as never),
    'reactorConformance() has no option "creat": did you mean "create"?',
  ],
  [
    'capabilities',
    () => reactorConformance(tinyRunner(), { name: 'x', create, capabilities: { signal: false } } as never),
    'The option capabilities of reactorConformance() has no option "signal": did you mean "signals"?',
  ],
  ['null', () => new ManualReactor(null as never), 'The options of ManualReactor are null: give an object'],
  ['flush, null', () => create().flush(null as never), 'The options of flush() are null: give an object'],
  ['flush, no number', () => create().flush({ maxTurns: '5' } as never), 'maxTurns is a string: give a number'],
  [
    'limits that are none',
    () => new ManualReactor({ limits: 5 } as never),
    'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  ],
];

describe('C65: an unknown key of options is refused at once, and names the nearest known one', () => {
  it.each(MISTAKES)('%s', async (_, call, message) => {
    let error: unknown;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toEqual(new TypeError(message));
  });

  it('a subclass may add options of its own, and says which', () => {
    class RegionReactor extends ManualReactor {
      constructor(options: object) {
        super(options, ['region']);
      }
    }
    expect(() => new RegionReactor({ region: 'eu', autojump: true })).not.toThrow();
    expect(() => new RegionReactor({ regoin: 'eu' })).toThrow(/no option "regoin": did you mean "region"\?/);
  });
});

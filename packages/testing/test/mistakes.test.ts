import { describe, expect, it } from '@jest/globals';
import { ManualReactor, reactorConformance, tinyRunner } from '@triphase/testing';

const create = (): ManualReactor => new ManualReactor();

/** Calls with a mistake, and their messages. `as never`: callers without types. */
const MISTAKES: readonly { readonly where: string; readonly call: () => unknown; readonly message: string }[] = [
  {
    where: 'a ManualReactor',
    call: () => new ManualReactor({ autoJump: true } as never),
    message: 'ManualReactor has no option "autoJump": did you mean "autojump"?',
  },
  {
    where: 'an option of every reactor',
    call: () => new ManualReactor({ onErro: create } as never),
    message: 'ManualReactor has no option "onErro": did you mean "onError"?',
  },
  {
    where: 'limits.shutdown',
    call: () => new ManualReactor({ limits: { shutdown: { duringg: 5 } } } as never),
    message: 'limits.shutdown has no option "duringg": did you mean "during"?',
  },
  {
    where: 'flush',
    call: () => create().flush({ maxTruns: 5 } as never),
    message: 'flush() has no option "maxTruns": did you mean "maxTurns"?',
  },
  {
    where: 'flushAsync',
    call: () => create().flushAsync({ maxturns: 5 } as never),
    message: 'flush() has no option "maxturns": did you mean "maxTurns"?',
  },
  {
    where: 'run',
    call: () => create().run({ Signal: undefined } as never),
    message: 'run() has no option "Signal": did you mean "signal"?',
  },
  {
    where: 'reactorConformance',
    call: () => reactorConformance(tinyRunner(), { name: 'x', creat: create } as never),
    message: 'reactorConformance() has no option "creat": did you mean "create"?',
  },
  {
    where: 'capabilities',
    call: () => reactorConformance(tinyRunner(), { name: 'x', create, capabilities: { signal: false } } as never),
    message: 'The option capabilities of reactorConformance() has no option "signal": did you mean "signals"?',
  },
  {
    where: 'null',
    call: () => new ManualReactor(null as never),
    message: 'The options of ManualReactor are null: give an object',
  },
  {
    where: 'flush, null',
    call: () => create().flush(null as never),
    message: 'The options of flush() are null: give an object',
  },
  {
    where: 'flush, no number',
    call: () => create().flush({ maxTurns: '5' } as never),
    message: 'maxTurns is a string: give a number',
  },
  {
    where: 'limits, no object',
    call: () => new ManualReactor({ limits: 5 } as never),
    message: 'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  },
];

describe('C65: an unknown key of options throws at once, and the message names the nearest known one', () => {
  it.each(MISTAKES)('$where', async ({ call, message }) => {
    let error: unknown;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toEqual(new TypeError(message));
  });

  it('a subclass may add options of its own and passes their names', () => {
    class RegionReactor extends ManualReactor {
      constructor(options: object) {
        super(options, ['region']);
      }
    }
    expect(() => new RegionReactor({ region: 'eu', autojump: true })).not.toThrow();
    expect(() => new RegionReactor({ regoin: 'eu' })).toThrow(/no option "regoin": did you mean "region"\?/);
  });
});

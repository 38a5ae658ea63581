import { describe, expect, it } from '@jest/globals';
import { createDenoReactor, DenoReactor } from '@triphase/deno-shim';
import { fakeHost } from '@triphase/testing';

/** Calls with a misspelt key, and the message that names the nearest known one. `as never`: callers without types. */
const MISTAKES: readonly { readonly name: string; readonly call: () => unknown; readonly message: string }[] = [
  {
    name: 'a DenoReactor',
    call: () => new DenoReactor({ signls: false } as never),
    message: 'DenoReactor has no option "signls": did you mean "signals"?',
  },
  {
    name: 'an option of every reactor',
    call: () => createDenoReactor({ Logger: console } as never),
    message: 'DenoReactor has no option "Logger": did you mean "logger"?',
  },
  {
    name: 'an option of node-reactor',
    call: () => new DenoReactor({ context: false } as never),
    message:
      'DenoReactor has no option "context": it has host, onError, logger, observer, limits, timings, maxSliceMs, maxBatch, debug, uncaught, disconnect, stdin, exitCode, forceExit, signals, exit',
  },
  {
    name: 'limits.shutdown',
    call: () => new DenoReactor({ limits: { shutdown: { deadLine: 5 } } } as never),
    message: 'limits.shutdown has no option "deadLine": did you mean "deadline"?',
  },
  {
    name: 'limits of another event',
    call: () => new DenoReactor({ limits: { job: { aftr: 5 } } } as never),
    message: 'limits.job has no option "aftr": did you mean "after"?',
  },
  {
    name: 'run',
    call: () => new DenoReactor({ host: fakeHost() }).run({ signall: undefined } as never),
    message: 'run() has no option "signall": did you mean "signal"?',
  },
  {
    name: 'null',
    call: () => new DenoReactor(null as never),
    message: 'The options of DenoReactor are null: give an object',
  },
  {
    name: 'limits that are a number',
    call: () => new DenoReactor({ limits: 5 } as never),
    message: 'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  },
];

describe('C65: an unknown key of options is refused at once, and names the nearest known one', () => {
  it.each(MISTAKES)('$name', ({ call, message }) => {
    expect(call).toThrow(new TypeError(message));
  });

  it('a string in place of a number is refused', () => {
    expect(() => new DenoReactor({ limits: { shutdown: { deadline: '5' } } } as never)).toThrow(TypeError);
  });

  it('a subclass can add options of its own', () => {
    class RegionReactor extends DenoReactor {
      constructor(options: object) {
        super(options, ['region']);
      }
    }
    expect(() => new RegionReactor({ region: 'eu', signals: false })).not.toThrow();
    expect(() => new RegionReactor({ regoin: 'eu' })).toThrow(/no option "regoin": did you mean "region"\?/);
  });

  it('each option is read once', () => {
    const reads: string[] = [];
    const counting = <T extends object>(options: T, prefix = ''): T =>
      new Proxy(options, {
        get(target, key): unknown {
          reads.push(prefix + String(key));
          return Reflect.get(target, key);
        },
      });
    const shutdown = counting({ deadline: 5_000, during: 100 }, 'shutdown.');
    const limits = counting({ shutdown, job: counting({ deadline: 5 }, 'job.') }, 'limits.');
    new DenoReactor(counting({ host: fakeHost(), limits, logger: console, signals: ['SIGTERM'], debug: true }));
    expect(reads.filter((key, index) => reads.indexOf(key) !== index)).toEqual([]);
    expect(reads).toContain('shutdown.deadline');
  });
});

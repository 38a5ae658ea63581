import { describe, expect, it } from '@jest/globals';
import { createDenoReactor, DenoReactor } from '@triphase/deno-shim';
import { fakeHost } from '@triphase/testing';

/** What is misspelt, the call that makes the mistake, and the message that names the nearest known key. `as never`: callers without types. */
const MISTAKES: readonly (readonly [string, () => unknown, string])[] = [
  [
    'a DenoReactor',
    () => new DenoReactor({ signls: false } as never),
    'DenoReactor has no option "signls": did you mean "signals"?',
  ],
  [
    'an option of every reactor',
    () => createDenoReactor({ Logger: console } as never),
    'DenoReactor has no option "Logger": did you mean "logger"?',
  ],
  [
    'an option of node-reactor',
    () => new DenoReactor({ context: false } as never),
    'DenoReactor has no option "context": it has host, onError, logger, observer, limits, timings, maxSliceMs, maxBatch, debug, uncaught, disconnect, stdin, exitCode, forceExit, signals, exit',
  ],
  [
    'limits.shutdown',
    () => new DenoReactor({ limits: { shutdown: { deadLine: 5 } } } as never),
    'limits.shutdown has no option "deadLine": did you mean "deadline"?',
  ],
  [
    'limits of another event',
    () => new DenoReactor({ limits: { job: { aftr: 5 } } } as never),
    'limits.job has no option "aftr": did you mean "after"?',
  ],
  [
    'run',
    () => new DenoReactor({ host: fakeHost() }).run({ signall: undefined } as never),
    'run() has no option "signall": did you mean "signal"?',
  ],
  ['null', () => new DenoReactor(null as never), 'The options of DenoReactor are null: give an object'],
  [
    'limits that are none',
    () => new DenoReactor({ limits: 5 } as never),
    'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  ],
];

describe('C65: an unknown key of options is refused at once, and names the nearest known one', () => {
  it.each(MISTAKES)('%s', (_, call, message) => {
    expect(call).toThrow(new TypeError(message));
  });

  it('numbers are numbers', () => {
    expect(() => new DenoReactor({ limits: { shutdown: { deadline: '5' } } } as never)).toThrow(TypeError);
  });

  it('a subclass may add options of its own, and says which', () => {
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

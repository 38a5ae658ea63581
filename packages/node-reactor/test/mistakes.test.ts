import { describe, expect, it } from '@jest/globals';
import { bridgeReactor, NodeReactor, nodeShutdownLimits, runMain, runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { fakeHost } from '@triphase/testing';
import { createServer } from 'node:http';

const nothing = (): void => undefined;

const make = (options: object): NodeReactor => new NodeReactor({ host: fakeHost(), ...options });

/** What is misspelt, the call that makes the mistake, and the message that names the nearest known key. `as never`: callers without types. */
const MISTAKES: readonly (readonly [string, () => unknown, string])[] = [
  ['a NodeReactor', () => make({ maxSlice: 5 }), 'NodeReactor has no option "maxSlice": did you mean "maxSliceMs"?'],
  [
    'an option of its own',
    () => make({ uncaugth: false }),
    'NodeReactor has no option "uncaugth": did you mean "uncaught"?',
  ],
  [
    'limits.shutdown',
    () => make({ limits: { shutdown: { dealine: 5 } } }),
    'limits.shutdown has no option "dealine": did you mean "deadline"?',
  ],
  [
    'limits of another event',
    () => make({ limits: { job: { befor: 5 } } }),
    'limits.job has no option "befor": did you mean "before"?',
  ],
  [
    'nodeShutdownLimits',
    () => nodeShutdownLimits({ durring: 5 } as never),
    'limits.shutdown has no option "durring": did you mean "during"?',
  ],
  [
    'runMain',
    () => runMain(nothing, { signal: ['SIGTERM'] } as never),
    'NodeReactor has no option "signal": did you mean "signals"?',
  ],
  [
    'runService',
    () => runService(nothing, { exitcode: false } as never),
    'NodeReactor has no option "exitcode": did you mean "exitCode"?',
  ],
  ['run', () => make({}).run({ signl: undefined } as never), 'run() has no option "signl": did you mean "signal"?'],
  [
    'callSoon',
    () => make({}).callSoon(nothing, { Context: true } as never),
    'callSoon() has no option "Context": did you mean "context"?',
  ],
  [
    'callLater',
    () => make({}).callLater(5, nothing, { onDrp: nothing } as never),
    'callLater() has no option "onDrp": did you mean "onDrop"?',
  ],
  [
    'bridgeReactor',
    () => bridgeReactor(nothing as never, { startTimout: 5 } as never),
    'bridgeReactor has no option "startTimout": did you mean "startTimeout"?',
  ],
  [
    'serveHttp',
    () => serveHttp(createServer(), { leadtime: 5 } as never),
    'serveHttp() has no option "leadtime": did you mean "leadTime"?',
  ],
  [
    'probes',
    () => serveHttp(createServer(), { port: 0, probes: { redy: '/x' } } as never),
    'The option probes of serveHttp() has no option "redy": did you mean "ready"?',
  ],
  ['a NodeReactor, null', () => new NodeReactor(null as never), 'The options of NodeReactor are null: give an object'],
  [
    'limits that are none',
    () => make({ limits: 5 }),
    'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  ],
  [
    'serveHttp, null',
    () => serveHttp(createServer(), null as never),
    'The options of serveHttp() are null: give an object',
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

  it('numbers are numbers', () => {
    expect(() => bridgeReactor(nothing as never, { startTimeout: '500' } as never)).toThrow(
      new RangeError('startTimeout is a string: give a number of milliseconds above 0'),
    );
  });

  it('a subclass may add options of its own, and says which', () => {
    class RegionReactor extends NodeReactor {
      constructor(options: object) {
        super(options, ['region']);
      }
    }
    expect(() => new RegionReactor({ host: fakeHost(), region: 'eu', stdin: false })).not.toThrow();
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
    const logger = console;
    new NodeReactor(counting({ host: fakeHost(), limits, logger, signals: ['SIGTERM'], stdin: false }));
    const probes = counting({ live: '/live', port: 0 }, 'probes.');
    serveHttp(createServer(), counting({ port: 0, probes, fd: undefined, leadTime: 0, onStop: nothing }, 'http.'));
    bridgeReactor(nothing as never, counting({ name: 'x', needs: [], startTimeout: 5 }, 'bridge.'));
    expect(reads.filter((key, index) => reads.indexOf(key) !== index)).toEqual([]);
    expect(reads).toContain('shutdown.deadline');
    expect(reads).toContain('probes.live');
  });
});

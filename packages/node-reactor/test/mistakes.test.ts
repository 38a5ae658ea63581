import { describe, expect, it } from '@jest/globals';
import { bridgeReactor, NodeReactor, nodeShutdownLimits, runMain, runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { fakeHost } from '@triphase/testing';
import { createServer } from 'node:http';

const nothing = (): void => undefined;

const make = (options: object): NodeReactor => new NodeReactor({ host: fakeHost(), ...options });

/** Calls with a misspelt key, and the message that names the nearest known one. `as never`: callers without types. */
const MISTAKES: readonly { readonly name: string; readonly call: () => unknown; readonly message: string }[] = [
  {
    name: 'a NodeReactor',
    call: () => make({ maxSlice: 5 }),
    message: 'NodeReactor has no option "maxSlice": did you mean "maxSliceMs"?',
  },
  {
    name: 'an option of its own',
    call: () => make({ uncaugth: false }),
    message: 'NodeReactor has no option "uncaugth": did you mean "uncaught"?',
  },
  {
    name: 'limits.shutdown',
    call: () => make({ limits: { shutdown: { dealine: 5 } } }),
    message: 'limits.shutdown has no option "dealine": did you mean "deadline"?',
  },
  {
    name: 'limits of another event',
    call: () => make({ limits: { job: { befor: 5 } } }),
    message: 'limits.job has no option "befor": did you mean "before"?',
  },
  {
    name: 'nodeShutdownLimits',
    call: () => nodeShutdownLimits({ durring: 5 } as never),
    message: 'limits.shutdown has no option "durring": did you mean "during"?',
  },
  {
    name: 'runMain',
    call: () => runMain(nothing, { signal: ['SIGTERM'] } as never),
    message: 'NodeReactor has no option "signal": did you mean "signals"?',
  },
  {
    name: 'runService',
    call: () => runService(nothing, { exitcode: false } as never),
    message: 'NodeReactor has no option "exitcode": did you mean "exitCode"?',
  },
  {
    name: 'run',
    call: () => make({}).run({ signl: undefined } as never),
    message: 'run() has no option "signl": did you mean "signal"?',
  },
  {
    name: 'callSoon',
    call: () => make({}).callSoon(nothing, { Context: true } as never),
    message: 'callSoon() has no option "Context": did you mean "context"?',
  },
  {
    name: 'callLater',
    call: () => make({}).callLater(5, nothing, { onDrp: nothing } as never),
    message: 'callLater() has no option "onDrp": did you mean "onDrop"?',
  },
  {
    name: 'bridgeReactor',
    call: () => bridgeReactor(nothing as never, { startTimout: 5 } as never),
    message: 'bridgeReactor has no option "startTimout": did you mean "startTimeout"?',
  },
  {
    name: 'serveHttp',
    call: () => serveHttp(createServer(), { leadtime: 5 } as never),
    message: 'serveHttp() has no option "leadtime": did you mean "leadTime"?',
  },
  {
    name: 'probes',
    call: () => serveHttp(createServer(), { port: 0, probes: { redy: '/x' } } as never),
    message: 'The option probes of serveHttp() has no option "redy": did you mean "ready"?',
  },
  {
    name: 'a NodeReactor, null',
    call: () => new NodeReactor(null as never),
    message: 'The options of NodeReactor are null: give an object',
  },
  {
    name: 'limits that are a number',
    call: () => make({ limits: 5 }),
    message: 'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  },
  {
    name: 'serveHttp, null',
    call: () => serveHttp(createServer(), null as never),
    message: 'The options of serveHttp() are null: give an object',
  },
];

describe('C65: an unknown key of options is refused at once, and names the nearest known one', () => {
  it.each(MISTAKES)('$name', async ({ call, message }) => {
    let error: unknown;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toEqual(new TypeError(message));
  });

  it('a string in place of a number is refused', () => {
    expect(() => bridgeReactor(nothing as never, { startTimeout: '500' } as never)).toThrow(
      new RangeError('startTimeout is a string: give a number of milliseconds above 0'),
    );
  });

  it('a subclass can add options of its own', () => {
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

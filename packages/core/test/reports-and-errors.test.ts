import { describe, expect, it } from '@jest/globals';
import { formatReport, StartupFailedError, type FiringReport, type ReactorOptions } from '@triphase/core';
import { inspect } from 'node:util';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { HOSTILE_TEXT } from './hostile.ts';

/** Control characters, but for the end of a line. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;

describe('a report as text', () => {
  const reportOf = async (register: (reactor: HandTurnedReactor) => void): Promise<FiringReport> => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => undefined });
    register(reactor);
    return reactor.fire('job', undefined, { timings: true });
  };
  const fails = (message: string) => () => {
    throw new Error(message);
  };

  it('C15: names and messages with control characters forge no line', async () => {
    const forged = `x\n  error: forged\r\u001b[2J${HOSTILE_TEXT}`;
    const text = formatReport(await reportOf((reactor) => reactor.on('job', fails(forged), { name: forged })));
    expect(CONTROL.test(text)).toBe(false);
    expect(text.split('\n').filter((line) => line.startsWith('  error: '))).toHaveLength(1);
  });

  it('C15: it is 80 columns wide as a terminal shows it', async () => {
    const name = '数据库连接池的名称很长很长很长很长很长';
    const text = formatReport(
      await reportOf((reactor) => {
        reactor.on('job', fails(`${name}${name}${name}`), { name });
        reactor.on('job', () => undefined, { name: '👩‍👩‍👧'.repeat(40) });
      }),
    );
    const widthOf = (line: string): number => line.replaceAll(/[\u4e00-\u9fff]|👩‍👩‍👧/gu, '##').length;
    const widths = text.split('\n').map(widthOf);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    const bars = text.split('\n').filter((line) => line.endsWith('|') || line.includes('| '));
    expect(new Set(bars.map((line) => widthOf(line.slice(0, line.indexOf('|'))))).size).toBe(1);
    // No emoji is cut into its parts.
    expect(text.replaceAll('👩‍👩‍👧', '')).not.toMatch(/[👩👧\u200d]/u);
  });

  it('C15: messages of a megabyte and names of a megabyte leave it short', async () => {
    const megabyte = 'x'.repeat(1_000_000);
    const report = await reportOf((reactor) => {
      for (let i = 0; i < 20; i++) reactor.on('job', fails(megabyte), { name: `${megabyte}${String(i)}` });
    });
    expect(formatReport(report).length).toBeLessThan(120_000);
    expect(String(report)).toMatch(/^job: \d+\.\d ms, 20 triggers, 20 errors$/);
    expect(() => report.throwIfFailed()).toThrow(/; and 10 more$/);
  });
});

describe('the text of a run', () => {
  it('C15, C31: the report of a run that crashed in its start shows the triggers that it had called', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => undefined });
    reactor.once('startup', {
      before: function opens() {},
      during: function crashes() {
        reactor.crash();
        reactor.advance(5); // its call ends after its firing
      },
    });
    const result = await reactor.run();
    const lines = formatReport(result).split('\n');
    expect(lines[0]).toBe('run ended: crash');
    expect(lines.filter((line) => line.includes('|')).map((line) => line.trim().split(' ')[0])).toEqual([
      'opens',
      'crashes',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(String(result)).toMatch(/^run ended: crash; startup: \d+\.\d ms, 2 triggers/);
  });

  it('C15: a reason with control characters forges no line', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => undefined });
    void reactor.run();
    reactor.pump();
    await settled();
    const over = reactor.stop({ kind: HOSTILE_TEXT });
    await settled();
    reactor.pump();
    const result = await over;
    expect([String(result), formatReport(result)].filter((text) => CONTROL.test(text))).toEqual([]);
  });
});

describe('values whose names cannot be read', () => {
  const firingOf = async (
    register: (reactor: HandTurnedReactor) => void,
    type: unknown = 'job',
  ): Promise<{ report: FiringReport; after: number; firing: boolean; reported: number }> => {
    let [after, reported] = [0, 0];
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => reported++ });
    register(reactor);
    reactor.on(type as string, { after: () => after++ });
    const report = await reactor.fire(type as string, undefined, { timings: true });
    expect(formatReport(report)).toContain(String(report).split(':')[0]);
    return { report, after, firing: reactor.isFiring(type), reported };
  };

  it.each([
    { name: 'a Symbol', message: Symbol('m') },
    { name: 'a null-prototype object', message: Object.create(null) as unknown },
  ])(
    'C15: an error whose message is $name is reported, and later phases run',
    async ({ message }: { readonly name: unknown; readonly message: unknown }) => {
      const error = Object.assign(new Error('x'), { message });
      const { report, after, firing, reported } = await firingOf((reactor) => {
        reactor.on('job', () => {
          throw error;
        });
      });
      expect([report.errors.length, after, firing, reported]).toEqual([1, 1, false, 1]);
    },
  );

  it("C23: a trigger that is a revoked proxy, or whose name throws, is shown as '?'", async () => {
    const { proxy, revoke } = Proxy.revocable(() => 1, {});
    revoke();
    const nameless = Object.defineProperty(() => Promise.reject(new Error('x')), 'name', {
      get: () => {
        throw new Error('no name');
      },
    });
    const { report, after, firing, reported } = await firingOf((reactor) => {
      reactor.on('job', proxy);
      reactor.on('job', nameless);
    });
    expect(report.errors.map(({ message }) => message.slice(0, 34))).toEqual([
      'Trigger "?" (job, during) failed: ',
      'Trigger "?" (job, during) failed: ',
    ]);
    expect([after, firing, reported]).toEqual([1, false, 2]);
  });

  it("C15: an event type whose name throws is shown as '?'", async () => {
    const type = {
      get [Symbol.toStringTag](): string {
        throw new Error('no tag');
      },
    };
    const { report, after, firing } = await firingOf((reactor) => {
      reactor.on(type, () => {
        throw new Error('x');
      });
    }, type);
    expect([String(report.errors[0]?.message), after, firing]).toEqual([
      'Trigger "?.during#1" (?, during) failed: x',
      1,
      false,
    ]);
  });

  it('C39: a call whose function cannot be named is called, reported and listed', () => {
    const names: string[] = [];
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: (_, { name }) => names.push(name) });
    const { proxy, revoke } = Proxy.revocable(() => 1, {});
    revoke();
    reactor.callSoon(proxy);
    reactor.callLater(0, proxy);
    reactor.callLater(0, proxy, { context: true });
    expect(reactor.pending().map(({ name }) => name)).toEqual(['?', '?', '?']);
    reactor.iterate();
    expect(names).toEqual(['?', '?', '?']);
  });

  it('C22: limits that are null are a TypeError at once', () => {
    const limits = { x: null } as unknown as ReactorOptions['limits'];
    expect(() => new HandTurnedReactor({ limits: limits! })).toThrow(TypeError);
    expect(() => new HandTurnedReactor().fire('job', undefined, { limits: null as never })).toThrow(TypeError);
  });

  it("C46: an observer with a getter that throws is reported as '?' and dropped, and triggers still run", async () => {
    const names: string[] = [];
    const observer = {
      get trigger(): never {
        throw new Error('no trigger');
      },
    };
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      observer,
      onError: (_, { kind, name }) => names.push(`${kind} ${name}`),
    });
    reactor.on('job', () => undefined);
    expect((await reactor.fire('job')).counts.during).toBe(1);
    expect(names).toEqual(['observer ?']);
  });
});

describe('errors of onError and of the logger', () => {
  const fail = (): never => {
    throw new Error('the first');
  };
  /** Runs one failing call, and returns what was printed to the logger and to the console of the host. */
  const printed = async (options: Pick<ReactorOptions, 'onError'>, rejects: boolean): Promise<string[][]> => {
    const [lines, console]: [string[], string[]] = [[], []];
    const loggerTo = (error: (text: string) => void) => ({ info: error, warn: error, error });
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      ...options,
      logger: loggerTo((text) => {
        lines.push(text.split('\n').slice(0, 2).join('|'));
        return (rejects ? Promise.reject(new Error('the logger is broken')) : undefined) as never; // as: types allow no promise
      }),
      host: { console: loggerTo((text) => console.push(text.split('\n').slice(0, 2).join('|'))) },
    });
    reactor.callSoon(fail);
    reactor.iterate();
    await settled();
    await settled();
    return [lines, console];
  };

  it('C48: an onError that rejects is caught and printed once, with the error that it got', async () => {
    const onError = () => Promise.reject(new Error('sentry is down')) as never; // as: types allow no promise
    expect(await printed({ onError }, false)).toEqual([
      ['Error in call "fail":|Error: the first', 'Error in host "onError":|Error: sentry is down'],
      [],
    ]);
  });

  it('C48: a logger that rejects is caught and printed once, to the console', async () => {
    expect(await printed({}, true)).toEqual([
      ['Error in call "fail":|Error: the first'],
      ['Error in call "fail":|Error: the first', 'Error in host "logger":|Error: the logger is broken'],
    ]);
  });

  it('C48: an onError and a logger that both reject end at the console', async () => {
    const onError = () => Promise.reject(new Error('sentry is down')) as never; // as: types allow no promise
    const [, console] = await printed({ onError }, true);
    expect(console).toEqual([
      'Error in call "fail":|Error: the first',
      'Error in host "onError":|Error: sentry is down',
    ]);
  });
});

describe('a failed start', () => {
  const failedStart = async (options: ReactorOptions, error: Error): Promise<StartupFailedError> => {
    const reactor: HandTurnedReactor = new HandTurnedReactor(options);
    reactor.use({ name: 'db', startup: { during: () => Promise.reject(error) } });
    const failed = reactor.run().catch((thrown: unknown) => thrown);
    await settled();
    reactor.pump();
    return (await failed) as StartupFailedError;
  };
  const quiet = { info() {}, warn() {}, error() {} };

  it('N28: once it has been logged, Node prints it in one line, at any depth', async () => {
    const error = await failedStart({ logger: quiet }, new Error('refused'));
    expect(inspect(error)).toBe('StartupFailedError: See the error logged above');
    expect(inspect(error, { customInspect: false, depth: 5 })).toBe(
      '[StartupFailedError: See the error logged above] { [errors]: [Getter] }',
    );
    expect(inspect({ error }).split('\n').length).toBe(1);
    expect(error.message).toBe('The start failed: refused');
  });

  it('N28: if it was not logged, it shows the first error, in at most 15 lines', async () => {
    const deep = (n: number): Error =>
      new Error(`cause ${String(n)}\nof two lines`, n === 0 ? {} : { cause: deep(n - 1) });
    const error = await failedStart({ onError: () => undefined }, deep(20));
    for (const text of [inspect(error), inspect(error, { customInspect: false, depth: 5 })]) {
      expect(text.split('\n').slice(0, 3)).toEqual([
        'StartupFailedError: Error in service "db" (startup, during):',
        'Error: cause 20',
        '    of two lines',
      ]);
      expect(text.split('\n').length).toBeLessThanOrEqual(15);
    }
  });

  it('C26: to programs it is an AggregateError, with its code, its errors and the result', async () => {
    const error = await failedStart({ logger: quiet }, new Error('refused'));
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toBeInstanceOf(StartupFailedError);
    expect([error.name, error.code, error.errors.length]).toEqual([
      'StartupFailedError',
      'ERR_TRIPHASE_STARTUP_FAILED',
      1,
    ]);
    expect(error.errors).toEqual(error.result.errors);
    const keys: string[] = [];
    for (const key in error) keys.push(key);
    expect(keys).toEqual(['code']); // what pino writes of it
  });
});

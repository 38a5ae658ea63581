import { describe, expect, it } from '@jest/globals';
import { StartupFailedError, type FiringReport, type ReactorOptions } from '@triphase/core';
import { runInNewContext } from 'node:vm';
import { inspect } from 'node:util';
import { fit, wrap } from '../src/columns.ts';
import { describeThrown, messageOf } from '../src/describe-thrown.ts';
import { listed, nameOf, printable, printableLines } from '../src/printable.ts';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

/** What would forge a line of a log, move the cursor, colour the rest, or turn the direction of the text. */
const HOSTILE = 'a\nb\rc\u001b[31md\u0000e\u202ef\u2028g\u009bh\ud800i';
const ESCAPED = 'a\\nb\\u000dc\\u001b[31md\\u0000e\\u202ef\\u2028g\\u009bh\\ud800i';
// eslint-disable-next-line no-control-regex -- these are what must not be printed
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;

describe('names and messages of others in a line of ours', () => {
  it('N28: what forges a line or reaches the terminal is escaped, what is long is cut', () => {
    expect(printable(HOSTILE)).toBe(ESCAPED);
    expect(printable('наме 名 👩‍👩‍👧 é')).toBe('наме 名 👩‍👩‍👧 é');
    expect(printable('x'.repeat(1_000_000))).toBe(`${'x'.repeat(200)}…`);
    expect([printable(5), printable(Symbol('s')), printable(undefined)]).toEqual(['5', 'Symbol(s)', 'undefined']);
    expect(printable(Object.create(null))).toBe('?');
  });

  it('N28: a text of several lines looks like no line of ours', () => {
    expect(printableLines('Error: a\nError in trigger "x":\n    at f (x.js:1:1)\r\u001b[2J')).toBe(
      'Error: a\n    Error in trigger "x":\n    at f (x.js:1:1)\\u000d\\u001b[2J',
    );
  });

  it('N28: of many the first ten are named, and how many more', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => i);
    expect(listed(many, String)).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 9990 more');
    expect(listed(many.slice(0, 10), String, '; ')).toBe('0; 1; 2; 3; 4; 5; 6; 7; 8; 9');
  });

  it('C23: a function whose name is none, or cannot be asked, is called by none', () => {
    const { proxy, revoke } = Proxy.revocable(() => 1, {});
    revoke();
    class Named {
      static name(): void {}
    }
    expect([nameOf(proxy), nameOf(Named), nameOf(undefined), nameOf(nameOf)]).toEqual(['?', '', '?', 'nameOf']);
  });
});

describe('columns', () => {
  const family = '👩‍👩‍👧';

  it.each([
    ['abc', 5, 'abc  '],
    ['abcdef', 5, 'abcd…'],
    ['数据库连接', 10, '数据库连接'],
    ['数据库连接池', 10, '数据库连… '],
    [family.repeat(3), 5, `${family}${family}…`],
    [`ab${family}`, 4, `ab${family}`],
    [`abc${family}`, 4, 'abc…'],
    ['e\u0301e\u0301e\u0301', 3, 'e\u0301e\u0301e\u0301'],
    ['', 2, '  '],
  ])('C15: %j in %i columns', (text, columns, expected) => {
    expect(fit(text, columns)).toBe(expected);
  });

  it('C15: without Intl.Segmenter a code point is not cut in half', () => {
    const { Segmenter } = Intl;
    try {
      Object.assign(Intl, { Segmenter: undefined });
      expect(fit('😀😀😀', 5)).toBe('😀😀…');
      expect(fit('e\u0301e\u0301', 3)).toBe('e\u0301e\u0301 ');
    } finally {
      Object.assign(Intl, { Segmenter });
    }
  });

  it('C15: lines are broken between words, else at 80 columns, and what is continued is indented', () => {
    expect(wrap('short')).toEqual(['short']);
    expect(wrap('one\n\ntwo')).toEqual(['one', '', 'two']);
    expect(wrap(`${'word '.repeat(15)}four five`)).toEqual([`${'word '.repeat(15)}four`, '      five']);
    expect(wrap('名'.repeat(60))).toEqual(['名'.repeat(40), `      ${'名'.repeat(20)}`]);
    expect(wrap('x'.repeat(160))).toEqual(['x'.repeat(80), `      ${'x'.repeat(74)}`, '      xxxxxx']);
  });
});

describe('what was thrown, in words', () => {
  const headOf = (error: unknown): string[] =>
    describeThrown(error)
      .split('\n')
      .filter((line) => !line.startsWith('    at '));

  it('C48: an AggregateError shows its errors, and tells them where it has no message', () => {
    const parts = ['::1', '127.0.0.1'].map((host) =>
      Object.assign(new Error(`connect ECONNREFUSED ${host}:5432`), { code: 'ECONNREFUSED', syscall: 'connect' }),
    );
    const error = Object.assign(new AggregateError(parts), { code: 'ECONNREFUSED' });
    expect(messageOf(error)).toBe('connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432');
    expect(headOf(error)).toEqual(
      [
        'AggregateError: ',
        'caused by Error: connect ECONNREFUSED ::1:5432',
        'caused by Error: connect ECONNREFUSED 127.0.0.1:5432',
      ].map((line, i) => (i === 0 ? expect.stringMatching(/^AggregateError/) : line)),
    );
    expect(describeThrown(error, true).split('\n')).toEqual([
      'AggregateError',
      'caused by Error: connect ECONNREFUSED ::1:5432',
      'caused by Error: connect ECONNREFUSED 127.0.0.1:5432',
      '    Start what listens there, or check the address',
    ]);
    expect(messageOf(new Error(''))).toBe('Error');
  });

  it('C48: each cause once, cycles and long chains are bounded', () => {
    const own = new Error('own');
    own.cause = own;
    expect(headOf(own)).toEqual(['Error: own']);
    const [one, two] = [new Error('one'), new Error('two')];
    one.cause = two;
    two.cause = new AggregateError([one, two], 'both');
    expect(headOf(one)).toEqual(['Error: one', 'caused by Error: two', 'caused by AggregateError: both']);
    let chain = new Error('0');
    for (let i = 1; i < 10_000; i++) chain = new Error(String(i), { cause: chain });
    expect(headOf(chain).length).toBe(11);
    expect(headOf(chain).at(-1)).toBe('…');
    const wide = new AggregateError(
      Array.from({ length: 10_000 }, (_, i) => new Error(String(i))),
      '',
    );
    wide.errors.push(wide);
    expect(headOf(wide).length).toBe(11);
    expect(messageOf(wide)).toBe('0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 9991 more');
    const self = new AggregateError([], '');
    self.errors.push(self);
    expect(messageOf(self)).toBe('AggregateError');
  });

  it('C48: a cause that is the reason of a stop is told in words', () => {
    const cause = { kind: 'signal', signal: 'SIGTERM' };
    expect(headOf(new DOMException('The operation was aborted', 'AbortError'))).toEqual([
      'AbortError: The operation was aborted',
    ]);
    expect(headOf(new Error('aborted', { cause })).at(-1)).toBe('caused by {"kind":"signal","signal":"SIGTERM"}');
  });

  it('C48: an error of another realm is one', () => {
    const error: unknown = runInNewContext("new Error('elsewhere')");
    expect([messageOf(error), headOf(error)]).toEqual(['elsewhere', ['Error: elsewhere']]);
  });

  it('N28: briefly, an error of the system has no stack, and says what to do', () => {
    const error = Object.assign(new Error('listen EADDRINUSE: address already in use :::80'), {
      code: 'EADDRINUSE',
      syscall: 'listen',
    });
    const remedy = '    Stop the process that uses it, or listen elsewhere';
    expect(describeThrown(error, true)).toBe(`${String(error)}\n${remedy}`);
    expect(describeThrown(error)).toContain('\n    at ');
    const told = Object.assign(new Error('cannot listen (EADDRINUSE)', { cause: error }), { code: 'ERR_LISTEN' });
    expect(describeThrown(told, true)).toBe(String(told));
    const untold = new Error('no server', { cause: error });
    expect(describeThrown(untold, true)).toContain(`caused by ${String(error)}\n${remedy}`);
  });

  it('C48: what cannot be shown is said to be so', () => {
    const { proxy, revoke } = Proxy.revocable(new Error('gone'), {});
    revoke();
    const hostile = [
      proxy,
      Object.defineProperty(new Error('x'), 'stack', { get: () => { throw new Error('no stack'); } }),
      Object.assign(new Error('x'), { message: Object.create(null) as string }),
      { toJSON: () => { throw new Error('no JSON'); } },
    ]; // prettier-ignore
    expect(hostile.map((each) => describeThrown(each))).toEqual(hostile.map(() => 'a value that cannot be shown'));
    const symbol = Object.assign(new Error('x'), { message: Symbol('m') as unknown as string });
    expect(messageOf(symbol)).toBe('Symbol(m)');
    expect([undefined, null, 7n, 'text', Symbol('s')].map((each) => describeThrown(each))).toEqual([
      'undefined',
      'null',
      '7',
      'text',
      'Symbol(s)',
    ]);
  });

  it('C48: a message of a megabyte is cut, and a forged line is indented', () => {
    expect(describeThrown(new Error('x'.repeat(1_000_000))).length).toBeLessThan(11_000);
    expect(messageOf(new Error('x'.repeat(1_000_000))).length).toBe(4_001);
    expect(headOf(new Error('boom\nError in service "db" (startup, during):\n\u001b[31mred'))).toEqual([
      'Error: boom',
      '    Error in service "db" (startup, during):',
      '    \\u001b[31mred',
    ]);
  });
});

describe('a report as text', () => {
  const reportOf = async (register: (reactor: HandTurnedReactor) => void): Promise<FiringReport> => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => undefined });
    register(reactor);
    return reactor.fire('job', undefined, { timings: true });
  };
  const fails = (message: string) => () => {
    throw new Error(message);
  };

  it('C15: names and messages of others forge no line of it', async () => {
    const forged = `x\n  error: forged\r\u001b[2J${HOSTILE}`;
    const text = String(await reportOf((reactor) => reactor.on('job', fails(forged), { name: forged })));
    expect(CONTROL.test(text)).toBe(false);
    expect(text.split('\n').filter((line) => line.startsWith('  error: '))).toHaveLength(1);
  });

  it('C15: it is 80 columns wide by what a terminal shows', async () => {
    const name = '数据库连接池的名称很长很长很长很长很长';
    const text = String(
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
    expect(text.replaceAll('👩‍👩‍👧', '')).not.toMatch(/[👩👧\u200d]/u);
  });

  it('C15: messages of a megabyte and names of a megabyte leave it short', async () => {
    const megabyte = 'x'.repeat(1_000_000);
    const report = await reportOf((reactor) => {
      for (let i = 0; i < 20; i++) reactor.on('job', fails(megabyte), { name: `${megabyte}${String(i)}` });
    });
    expect(String(report).length).toBeLessThan(120_000);
    expect(() => report.throwIfFailed()).toThrow(/; and 10 more$/);
  });
});

describe('what cannot be named', () => {
  const firingOf = async (
    register: (reactor: HandTurnedReactor) => void,
    type: unknown = 'job',
  ): Promise<{ report: FiringReport; after: number; firing: boolean; reported: number }> => {
    let [after, reported] = [0, 0];
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => reported++ });
    register(reactor);
    reactor.on(type as string, { after: () => after++ });
    const report = await reactor.fire(type as string, undefined, { timings: true });
    String(report);
    return { report, after, firing: reactor.isFiring(type as string), reported };
  };

  it.each([
    ['a Symbol', Symbol('m')],
    ['a null-prototype object', Object.create(null)],
  ])('C15: an error whose message is %s is reported, and later phases run', async (_, message: unknown) => {
    const error = Object.assign(new Error('x'), { message });
    const { report, after, firing, reported } = await firingOf((reactor) => {
      reactor.on('job', () => {
        throw error;
      });
    });
    expect([report.errors.length, after, firing, reported]).toEqual([1, 1, false, 1]);
  });

  it('C23: a trigger that is a revoked proxy, or whose name throws, is called ?', async () => {
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

  it('C15: an event type that cannot be asked is called ?', async () => {
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

  it('C46: an observer with a getter that throws is reported as ?, dropped, and nothing else suffers', async () => {
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

describe('errors that the error path itself meets', () => {
  const fail = (): never => {
    throw new Error('the first');
  };
  /** Runs one failing call, and returns what was printed to the logger and to the console of the host. */
  const printed = async (options: Pick<ReactorOptions, 'onError'>, rejects: boolean): Promise<string[][]> => {
    const [lines, console]: [string[], string[]] = [[], []];
    const loggerTo = (to: string[], error: (text: string) => void) => ({ info: error, warn: error, error, to });
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      ...options,
      logger: loggerTo(lines, (async (text: string) => {
        lines.push(text.split('\n').slice(0, 2).join('|'));
        if (rejects) throw new Error('the logger is broken');
      }) as (text: string) => void),
      host: { console: loggerTo(console, (text) => console.push(text.split('\n').slice(0, 2).join('|'))) },
    });
    reactor.callSoon(fail);
    reactor.iterate();
    await settled();
    await settled();
    return [lines, console];
  };

  it('C48: an onError that rejects is caught and printed once, with what it was told', async () => {
    const onError = (() => Promise.reject(new Error('sentry is down'))) as () => void;
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
    const onError = (() => Promise.reject(new Error('sentry is down'))) as () => void;
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

  it('N28: once it has been logged it inspects as one line, in whatever depth, as Node prints what nobody caught', async () => {
    const error = await failedStart({ logger: quiet }, new Error('refused'));
    expect(inspect(error)).toBe('StartupFailedError: See the error logged above');
    expect(inspect(error, { customInspect: false, depth: 5 })).toBe(
      '[StartupFailedError: See the error logged above] { [errors]: [Getter] }',
    );
    expect(inspect({ error }).split('\n').length).toBe(1);
    expect(error.message).toBe('The start failed: refused');
  });

  it('N28: else it shows the first error, in at most 15 lines', async () => {
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

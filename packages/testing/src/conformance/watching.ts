import type { ErrorSource, Host, Logger, Observer, ReactorBase, ReactorOptions, PendingItem } from '@triphase/core';
import { thenable } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, deferred, lasts, named, nextTurn, recordErrors, runThrough, settle, start } from './steps.ts';
import { block, range } from './time.ts';

const HOUR = 3_600_000;

/** C46 to C48 and C56: what can be seen of a reactor, and where its errors go. */
export function watching(kit: Kit): void {
  observing(kit);
  brokenObservers(kit);
  pending(kit);
  stats(kit);
  reporting(kit);
  logging(kit);
}

/** What an observer heard of events, one line a step. */
class EventLog implements Observer {
  readonly lines: string[] = [];

  firing: NonNullable<Observer['firing']> = (step, { event }) => {
    this.lines.push(`firing ${String(event)} ${step}`);
  };

  phase: NonNullable<Observer['phase']> = (step, { phase }) => {
    this.lines.push(`phase ${phase} ${step}`);
  };

  trigger: NonNullable<Observer['trigger']> = (step, { name, outcome }) => {
    this.lines.push(`trigger ${name} ${step}${outcome === undefined ? '' : ` ${outcome}`}`);
  };
}

function observing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C46', 'an observer hears a synchronous firing step by step', () => {
    const observer = new EventLog();
    const reactor = kit.create({ observer });
    reactor.on('job', { before: () => undefined, during: () => undefined, after: () => undefined }, { name: 'x' });
    void reactor.fire('job');
    expect(observer.lines).toEqual([
      'firing job start',
      ...['before', 'during', 'after'].flatMap((phase) => [
        `phase ${phase} start`,
        'trigger x start',
        'trigger x end done',
        `phase ${phase} end`,
      ]),
      'firing job end',
    ]);
  });

  kit.it('C46', 'an observer hears when what pended has settled', async () => {
    const observer = new EventLog();
    const reactor = kit.create({ observer });
    const gate = deferred();
    reactor.on('job', () => gate.promise, { name: 'slow' });
    const fired = reactor.fire('job');
    const sync = observer.lines.splice(0);
    expect(sync.filter((line) => !/before|after/.test(line))).toEqual([
      'firing job start',
      'phase during start',
      'trigger slow start',
      'trigger slow end',
      'phase during end',
      'firing job end',
    ]);
    gate.resolve();
    await fired;
    expect(observer.lines.filter((line) => !/before|after/.test(line))).toEqual([
      'trigger slow settled done',
      'phase during settled',
      'firing job settled',
    ]);
  });

  kit.it('C46', 'an observer hears how a trigger failed', async () => {
    const heard: unknown[] = [];
    const failure = new Error('no');
    const record = recordErrors();
    const reactor = kit.create({
      ...record,
      observer: {
        trigger: (step, { name, outcome, error }) => {
          if (outcome !== undefined) heard.push({ step, name, outcome, same: error === failure });
        },
      },
    });
    const fail = (): never => {
      throw failure;
    };
    reactor.once('job', fail, { name: 'thrower' });
    reactor.once('job', async () => Promise.resolve().then(fail), { name: 'rejecter' });
    await reactor.fire('job');
    expect(heard).toEqual([
      { step: 'end', name: 'thrower', outcome: 'failed', same: true },
      { step: 'settled', name: 'rejecter', outcome: 'failed', same: true },
    ]);
    expect(record.errors.length).toBe(2);
  });

  kit.it('C46', 'an async observer that rejects is reported once and dropped, and stops nothing', async () => {
    const record = recordErrors();
    const failure = new Error('no');
    const heard: string[] = [];
    const reject = (step: string): PromiseLike<unknown> => {
      heard.push(step);
      return thenable((_fulfil, refuse) => {
        refuse(failure);
      });
    };
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- an async function is accepted as a method all the same
    const reactor = kit.create({ ...record, observer: { firing: reject, trigger: reject } });
    await runThrough(reactor, async () => {
      await nextTurn(reactor);
      heard.length = 0;
      reactor.on('job', () => undefined);
      await reactor.fire('job');
      expect(reactor.state).toBe('running');
    });
    expect(heard).toEqual([]);
    expect(record.errors.length).toBe(1);
    expect(record.errors[0]).toBe(failure);
    expect(record.sources[0]?.kind).toBe('observer');
  });

  kit.it('C46', 'an observer hears of a trigger that its limit left behind', async () => {
    const observer = new EventLog();
    const reactor = kit.create({ observer, onError: () => undefined });
    reactor.once('job', () => new Promise(() => undefined), { name: 'stuck', timeout: 2 });
    await reactor.fire('job');
    expect(observer.lines.includes('trigger stuck settled abandoned')).toBe(true);
  });

  kit.it('C46', 'an observer hears calls with their kind, name and times', () => {
    const calls: string[] = [];
    const times: number[] = [];
    const reactor = kit.create({
      observer: {
        call: ({ kind, name, start, duration, lateness }) => {
          calls.push(`${kind} ${name}`);
          times.push(start, duration, lateness);
        },
      },
    });
    reactor.callSoon(named('load', () => undefined));
    reactor.callLater(0, () => undefined, { name: 'refresh' });
    reactor.iterate();
    expect(calls).toEqual(['call load', 'timed-call refresh']);
    expect(times.length).toBe(6);
    expect(times.every((time) => time >= 0)).toBe(true);
  });

  kit.it('C46', 'an observer hears turns with how many calls they made, and whether they were cut', () => {
    const turns: unknown[] = [];
    const reactor = kit.create({
      maxBatch: 3,
      observer: { turn: ({ calls, cut, duration }) => turns.push({ calls, cut, timed: duration >= 0 }) },
    });
    for (const _ of range(5)) reactor.callSoon(() => undefined);
    reactor.callLater(0, () => undefined);
    reactor.iterate();
    reactor.iterate();
    expect(turns).toEqual([
      { calls: 4, cut: true, timed: true },
      { calls: 2, cut: false, timed: true },
    ]);
  });

  kit.it('C46', 'an observer hears startup and shutdown, the times of its reactor never going back', async () => {
    const times: number[] = [];
    const firings: string[] = [];
    const observer: Observer = {
      firing: (step, { event, time }) => {
        firings.push(`${String(event)} ${step}`);
        times.push(time);
      },
      phase: (_step, { time }) => times.push(time),
    };
    await runThrough(kit.create({ observer }), () => undefined);
    expect(firings).toEqual(['startup start', 'startup end', 'shutdown start', 'shutdown end']);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
}

function brokenObservers(kit: Kit): void {
  const { expect } = kit;

  kit.it('C46', 'an observer that throws is reported once and dropped, and nothing else suffers', async () => {
    const record = recordErrors();
    const failure = new Error('broken observer');
    let heard = 0;
    const fail = (): never => {
      heard++;
      throw failure;
    };
    const reactor = kit.create({
      ...record,
      observer: { turn: fail, call: fail, firing: fail, phase: fail, trigger: fail },
    });
    const ran: string[] = [];
    reactor.on('job', { before: () => ran.push('before'), during: () => ran.push('during') });
    await runThrough(reactor, async () => {
      await reactor.fire('job');
      await nextTurn(reactor);
    });
    expect(ran).toEqual(['before', 'during']);
    expect(heard).toBe(1);
    expect(record.errors.length).toBe(1);
    expect(record.errors[0]).toBe(failure);
    expect(record.sources[0]?.kind).toBe('observer');
  });

  for (const method of ['turn', 'call'] as const) {
    kit.it('C46', `an observer whose ${method} throws is dropped too`, () => {
      const record = recordErrors();
      const reactor = kit.create({
        ...record,
        observer: {
          [method]: () => {
            throw new Error('broken observer');
          },
        },
      });
      const ran: number[] = [];
      for (const n of range(2)) reactor.callSoon(() => ran.push(n));
      reactor.iterate();
      reactor.callSoon(() => ran.push(2));
      reactor.iterate();
      expect(ran).toEqual(range(3));
      expect(record.sources.map(({ kind }) => kind)).toEqual(['observer']);
    });
  }

  kit.it('C46', 'an observer without any method is no harm', () =>
    runThrough(kit.create({ observer: {} }), () => undefined).then(() => undefined),
  );
}

function pending(kit: Kit): void {
  const { expect } = kit;

  const without = (waiting: readonly PendingItem[]): unknown[] =>
    waiting.map(({ kind, name, event, phase, age }) => ({
      kind,
      name,
      ...(event !== undefined && { event, phase }),
      aged: age >= 0,
    }));

  kit.it('C47', 'pending() is empty when nothing waits', () => {
    expect(kit.create().pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists queued calls and timed calls by name', () => {
    const reactor = kit.create();
    reactor.callSoon(named('load', () => undefined));
    reactor.callLater(HOUR, () => undefined, { name: 'later' });
    reactor.callLater(
      HOUR,
      named('refresh', () => undefined),
    );
    expect(without(reactor.pending())).toEqual([
      { kind: 'call', name: 'load', aged: true },
      { kind: 'timed-call', name: 'later', aged: true },
      { kind: 'timed-call', name: 'refresh', aged: true },
    ]);
    expect(reactor.pending().map(({ age }) => age)).toEqual([0, 0, 0]);
  });

  kit.it(
    'C47',
    'the age of a timed call is how long it has been overdue',
    () => {
      const reactor = kit.create();
      reactor.callLater(1, () => undefined);
      block(reactor, 11);
      expect(lasts(reactor.pending()[0]?.age ?? 0, 10)).toBe(true);
    },
    { needs: 'movingClock' },
  );

  kit.it('C47', 'pending() lists the triggers that hold a phase, and not those that have settled', async () => {
    const reactor = kit.create();
    const [first, second] = [deferred(), deferred()];
    reactor.on('job', { before: () => first.promise }, { name: 'first' });
    reactor.on('job', { before: () => second.promise }, { name: 'second' });
    const fired = reactor.fire('job');
    const entry = (name: string): unknown => ({ kind: 'trigger', name, event: 'job', phase: 'before', aged: true });
    expect(without(reactor.pending())).toEqual([entry('first'), entry('second')]);
    first.resolve();
    await settle();
    expect(without(reactor.pending())).toEqual([entry('second')]);
    second.resolve();
    await fired;
    expect(reactor.pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists a firing that was asked for again', async () => {
    const reactor = kit.create();
    const gate = deferred();
    reactor.once('job', () => gate.promise, { name: 'held' });
    void reactor.fire('job');
    const again = reactor.fire('job', undefined, { whenFiring: 'again' });
    expect(reactor.pending().map(({ kind }) => kind)).toEqual(['trigger', 'firing']);
    gate.resolve();
    await again;
    expect(reactor.pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists a service that holds startup, with its status', async () => {
    const reactor = kit.create();
    const gate = deferred();
    reactor.use({ name: 'db', startup: { during: () => gate.promise }, status: () => '3 requests' });
    const ended = reactor.run();
    const [waiting] = reactor.pending();
    const { kind, name, phase, status } = waiting ?? {};
    expect({ kind, name, phase, status }).toEqual({
      kind: 'service',
      name: 'db',
      phase: 'during',
      status: '3 requests',
    });
    gate.resolve();
    await settle();
    await reactor.stop();
    await ended;
    expect(reactor.pending()).toEqual([]);
  });

  kit.it('C47', 'pending() lists a service that waits for another, and says for which', async () => {
    const reactor = kit.create();
    const gate = deferred();
    const db = reactor.use({ name: 'db', startup: { during: () => gate.promise } });
    reactor.use({ name: 'http', needs: [db], startup: { during: () => undefined } });
    const ended = reactor.run();
    const [holding, waiting, ...others] = reactor.pending();
    expect([holding?.name, waiting?.kind, waiting?.name, waiting?.phase]).toEqual(['db', 'service', 'http', 'during']);
    expect([waiting?.status?.includes('db'), others.length]).toEqual([true, 0]);
    gate.resolve();
    await settle();
    await reactor.stop();
    await ended;
  });

  kit.it('C47', 'pending() may be asked from inside a call and a trigger', () => {
    const reactor = kit.create();
    const seen: string[][] = [];
    const look = named('look', () => void seen.push(reactor.pending().map(({ name }) => name)));
    reactor.on('job', look);
    reactor.callSoon(look);
    reactor.callSoon(named('next', () => undefined));
    void reactor.fire('job');
    reactor.iterate();
    expect(seen).toEqual([['look', 'next'], ['next']]);
  });
}

function stats(kit: Kit): void {
  const { expect } = kit;

  kit.it('C47', 'stats() begins at nothing', () => {
    expect(kit.create().stats()).toEqual({
      turns: 0,
      calls: 0,
      timedCalls: 0,
      errors: 0,
      lateness: { mean: 0, max: 0 },
    });
  });

  kit.it('C47', 'stats() counts turns, calls, timed calls and errors', () => {
    const reactor = kit.create({ onError: () => undefined });
    for (const _ of range(3)) reactor.callSoon(() => undefined);
    for (const _ of range(2)) reactor.callLater(0, fail);
    reactor.iterate();
    reactor.iterate();
    const { turns, calls, timedCalls, errors } = reactor.stats();
    expect({ turns, calls, timedCalls, errors }).toEqual({ turns: 2, calls: 3, timedCalls: 2, errors: 2 });
  });

  kit.it(
    'C47',
    'stats() measures how late timed calls were',
    () => {
      const reactor = kit.create();
      reactor.callLater(1, () => undefined);
      reactor.callLater(1, () => undefined);
      block(reactor, 21);
      reactor.iterate();
      const { mean, max } = reactor.stats().lateness;
      expect(lasts(mean, 20) && lasts(max, mean)).toBe(true);
    },
    { needs: 'movingClock' },
  );

  kit.it('C47', 'stats() may be asked in a run, and once it is over', async () => {
    const reactor = kit.create();
    const seen: number[] = [];
    await runThrough(reactor, async () => {
      await nextTurn(reactor);
      seen.push(reactor.stats().calls);
    });
    expect(seen).toEqual([1]);
    expect(reactor.stats().calls).toBe(1);
  });
}

function reporting(kit: Kit): void {
  const { expect } = kit;

  kit.it('C48', 'onError gets the error itself, and whose it is', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = { not: 'even an Error' };
    reactor.once('job', { after: throwing(failure) }, { name: 'cleanup' });
    reactor.callSoon(named('load', throwing(failure)));
    reactor.callLater(0, throwing(failure), { name: 'refresh' });
    await reactor.fire('job');
    reactor.iterate();
    expect(record.errors.every((error) => error === failure)).toBe(true);
    const shown = ({ kind, name, event, phase }: ErrorSource): unknown => ({ kind, name, event, phase });
    expect(record.sources.map(shown)).toEqual([
      { kind: 'trigger', name: 'cleanup', event: 'job', phase: 'after' },
      { kind: 'call', name: 'load', event: undefined, phase: undefined },
      { kind: 'timed-call', name: 'refresh', event: undefined, phase: undefined },
    ]);
  });

  kit.it('C64', 'fail reports once and stops with the reason failed; the error is in the result', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const { ended } = await start(reactor);
    const failure = new Error('disk full');
    reactor.fail(failure);
    reactor.fail(failure);
    expect(reactor.state).toBe('stopping');
    const { reason, errors } = await ended;
    expect([reason.kind, reason.cause === failure]).toEqual(['failed', true]);
    expect(errors.map((error) => error.cause === failure)).toEqual([true]);
    expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_FAILED']);
    expect(record.errors.length).toBe(1);
    expect(record.sources).toEqual([{ kind: 'call', name: 'fail' }]);
  });

  kit.it('C64', 'while stopping, fail puts its error into the result', async () => {
    const reactor = kit.create(recordErrors());
    reactor.on('shutdown', () => {
      reactor.fail('too late');
    });
    await start(reactor);
    const { reason, errors } = await reactor.stop();
    expect([reason.kind, errors.map(({ cause }) => cause)]).toEqual(['stop', ['too late']]);
  });

  kit.it('C64', 'before run() fail is a ReactorNotRunningError, whose cause is the error', () => {
    const reactor = kit.create();
    const failure = new Error('disk full');
    let thrown: unknown;
    try {
      reactor.fail(failure);
    } catch (error) {
      thrown = error;
    }
    expect(codeOf(thrown)).toBe('ERR_TRIPHASE_NOT_RUNNING');
    expect((thrown as Error).cause === failure).toBe(true); // as: its code says what it is
  });

  kit.it('C64', 'report puts an error on the one error path and stops nothing', async () => {
    const { onError, errors, sources } = recordErrors();
    const reactor = kit.create({ onError });
    await start(reactor);
    const lost = new Error('the connection is lost');
    reactor.report(lost, { name: 'db' });
    reactor.report(lost);
    kit.expect(errors).toEqual([lost, lost]);
    kit.expect(sources.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['call db', 'call report']);
    kit.expect([reactor.state, reactor.stats().errors]).toEqual(['running', 2]);
    await reactor.stop();
  });

  kit.it('C48', 'a service that fails is reported as a service', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    reactor.use({ name: 'db', startup: { during: () => undefined }, shutdown: { during: fail } });
    await runThrough(reactor, () => undefined);
    const [source] = record.sources;
    expect({ kind: source?.kind, name: source?.name, phase: source?.phase }).toEqual({
      kind: 'service',
      name: 'db',
      phase: 'during',
    });
  });

  kit.it(
    'C48',
    'an onError that throws is caught and printed, with what it was told, and the loop goes on',
    async () => {
      const logger = new RecordingLogger();
      const reactor = kit.create({
        logger,
        onError: () => {
          throw new Error('onError is broken');
        },
      });
      const ran: string[] = [];
      await runThrough(reactor, async () => {
        reactor.callSoon(fail);
        reactor.callSoon(() => ran.push('next'));
        await nextTurn(reactor);
        ran.push('next turn');
      });
      expect(ran).toEqual(['next', 'next turn']);
      const printed = logger.lines.join('\n');
      expect(printed.includes('onError is broken')).toBe(true);
      expect(printed.includes('this fails')).toBe(true);
    },
  );

  kit.it('C48', 'an onError that rejects is caught and printed once, with what it was told', async () => {
    const logger = new RecordingLogger();
    const onError = () => Promise.reject(new Error('onError is broken')) as never; // as: types allow no promise
    const reactor = kit.create({ logger, onError });
    await runThrough(reactor, async () => {
      reactor.callSoon(fail);
      await nextTurn(reactor);
      await nextTurn(reactor);
    });
    const printed = logger.lines.join('\n');
    for (const text of ['onError is broken', 'this fails'])
      expect(logger.lines.filter((line) => line.includes(`Error: ${text}`)).length).toBe(1);
    expect(printed.includes('onError')).toBe(true);
  });

  kit.it(
    'C48',
    'without onError an error goes to the logger: one block, the source first, then the stack',
    async () => {
      const logger = new RecordingLogger();
      const reactor = kit.createPlain({ logger, host: withoutReportError });
      await runThrough(reactor, async () => {
        reactor.callLater(0, fail, { name: 'refresh' });
        await new Promise<void>((resolve) => void reactor.callLater(0, resolve));
      });
      const errors = logger.lines.filter((line) => line.startsWith('error:'));
      expect(errors.length).toBe(1);
      const [text = ''] = errors;
      expect(text.includes('refresh') && text.indexOf('refresh') < text.indexOf('this fails')).toBe(true);
    },
  );

  kit.it('C48', 'without onError an error goes to reportError where the host has it', async () => {
    const logger = new RecordingLogger();
    const reported: unknown[] = [];
    const failure = new Error('for the page');
    const reactor = kit.createPlain({ logger, host: { reportError: (error) => reported.push(error) } });
    await runThrough(reactor, async () => {
      reactor.callSoon(throwing(failure));
      await nextTurn(reactor);
    });
    expect(reported.length).toBe(1);
    expect(reported[0]).toBe(failure);
    expect(logger.lines).toEqual([]);
  });

  kit.it('C48', 'what is printed of an error is its stack, its message, and what caused it', () => {
    const logger = new RecordingLogger();
    const reactor = kit.createPlain({ logger, host: withoutReportError });
    const cause = new Error('no disk');
    const failure = new Error('no config', { cause });
    reactor.callSoon(throwing(failure));
    reactor.iterate();
    const printed = logger.lines.join('\n');
    // Line by line: where the lines of a stack are not indented, they are in print.
    for (const part of [failure.stack, failure.message, cause.stack, cause.message])
      expect(part?.split('\n').every((line) => printed.includes(line))).toBe(true);
  });

  kit.it('C48', 'an error that cannot be printed is no harm', () => {
    const logger = new RecordingLogger();
    const reactor = kit.createPlain({ logger, host: withoutReportError, maxSliceMs: 1_000 });
    const ran: string[] = [];
    for (const value of [undefined, null, Symbol('thrown'), Object.create(null), 7n]) reactor.callSoon(throwing(value));
    reactor.callSoon(() => ran.push('next'));
    reactor.iterate();
    expect(ran).toEqual(['next']);
    expect(logger.lines.length).toBe(5);
  });
}

function logging(kit: Kit): void {
  const { expect } = kit;

  const failOnce = (reactor: ReactorBase): void => {
    reactor.callSoon(fail);
    reactor.iterate();
  };

  kit.it('C56', 'with a logger nothing is printed to the console of the host', () => {
    const [logger, console] = [new RecordingLogger(), new RecordingLogger()];
    failOnce(kit.createPlain({ logger, host: { ...withoutReportError, console } }));
    expect(logger.lines.length).toBe(1);
    expect(console.lines).toEqual([]);
  });

  kit.it('C56', 'the default logger is the console of the host', () => {
    const console = new RecordingLogger();
    failOnce(kit.createPlain({ host: { ...withoutReportError, console } }));
    expect(console.lines.length).toBe(1);
  });

  kit.it('C56', 'a run that goes well prints nothing', async () => {
    const logger = new RecordingLogger();
    const options: ReactorOptions = { logger };
    await runThrough(kit.create(options), () => undefined);
    expect(logger.lines).toEqual([]);
  });

  kit.it('C56', 'a logger that throws is no harm', () => {
    const broken: Logger = { info: fail, warn: fail, error: fail };
    const console = new RecordingLogger();
    const reactor = kit.createPlain({ logger: broken, host: { ...withoutReportError, console }, maxSliceMs: 1_000 });
    const ran: string[] = [];
    reactor.callSoon(fail);
    reactor.callSoon(() => ran.push('next'));
    reactor.iterate();
    expect(ran).toEqual(['next']);
  });
}

/** As pino's: its methods work only when called on it. */
class RecordingLogger implements Logger {
  readonly #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines;
  }

  info(message: string): void {
    this.#lines.push(`info: ${message}`);
  }

  warn(message: string): void {
    this.#lines.push(`warn: ${message}`);
  }

  error(message: string): void {
    this.#lines.push(`error: ${message}`);
  }
}

// as: a page's reportError is taken away by naming it, which the type of the record does not allow.
const withoutReportError = { reportError: undefined } as unknown as Partial<Host>;

function throwing(value: unknown): () => never {
  return () => {
    throw value;
  };
}

function fail(): never {
  throw new Error('this fails');
}

import type { Observer } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { named } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough } from '../running.ts';
import { thenable } from '../trigger-results.ts';

/** An observer that records each step of events as one line. */
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

/** What an observer is told. C46. */
export function observing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C46', 'an observer is told each step of a synchronous firing', () => {
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

  kit.it('C46', 'an observer is told when pending triggers, phases and firings settle', async () => {
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

  kit.it('C46', 'an observer is told the error of a trigger that failed', async () => {
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
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- programs do pass async functions
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

  kit.it('C46', 'an observer is told of a trigger that was abandoned at its limit', async () => {
    const observer = new EventLog();
    const reactor = kit.create({ observer, onError: () => undefined });
    reactor.once('job', () => new Promise(() => undefined), { name: 'stuck', timeout: 2 });
    await reactor.fire('job');
    expect(observer.lines.includes('trigger stuck settled abandoned')).toBe(true);
  });

  kit.it('C46', 'an observer is told of calls with their kind, name and times', () => {
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

  kit.it('C46', 'an observer is told of turns, with the number of calls and whether they were cut', () => {
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

  kit.it('C46', 'an observer is told of startup and shutdown, with times that never go back', async () => {
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

/** Observers that fail. C46. */
export function brokenObservers(kit: Kit): void {
  const { expect } = kit;

  kit.it('C46', 'an observer that throws is reported once and dropped, and all triggers still run', async () => {
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
    kit.it('C46', `an observer whose ${method} throws is reported once and dropped`, () => {
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

  kit.it('C46', 'an observer may have no method at all', () =>
    runThrough(kit.create({ observer: {} }), () => undefined).then(() => undefined),
  );
}

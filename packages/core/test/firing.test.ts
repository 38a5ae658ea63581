import { describe, expect, it } from '@jest/globals';

import { PhasePassedError, type FiringReport } from '@triphase/core';

import { settled } from './hand-turned-reactor.ts';
import { HELD, HostedReactor, RELEASED } from './hosted-reactor.ts';

const MAX_ADDED = 10_000;

describe('a firing that is ended by one of its own triggers', () => {
  it('C15, C31: when that trigger fires the event again, each of the two firings has its own report', async () => {
    const reactor = new HostedReactor();
    void reactor.run();
    let second: Promise<FiringReport> | undefined;
    reactor.once('job', () => {
      reactor.crash();
      second = reactor.fire('job');
    });
    reactor.on('job', { before: () => undefined });
    const reports: FiringReport[] = [];
    void reactor.fire('job').then((report) => reports.push(report));
    void second?.then((report) => reports.push(report));
    await settled();
    expect(reports.map(({ counts }) => counts)).toEqual([
      { before: 1, during: 1, after: 0 },
      { before: 1, during: 0, after: 0 },
    ]);
  });

  it('C15, C31: when that trigger fires the event again, and the second firing pends, only that one is being fired', async () => {
    const reactor = new HostedReactor();
    void reactor.run();
    let second: Promise<FiringReport> | undefined;
    let release: () => void = () => undefined;
    reactor.once('job', {
      before: () => {
        reactor.crash();
        second = reactor.fire('job');
      },
      during: () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    });
    const over: string[] = [];
    void reactor.fire('job').then(({ counts }) => over.push(`first: ${String(counts.during)}`));
    void second?.then(({ counts }) => over.push(`second: ${String(counts.during)}`));
    await settled();
    expect([over, reactor.isFiring('job')]).toEqual([['first: 0'], true]);
    release();
    await settled();
    expect([over, reactor.isFiring('job')]).toEqual([['first: 0', 'second: 1'], false]);
  });

  it.each(['crash', 'escalate'] as const)(
    'C20, C30, C31: when one more firing was asked for, both promises settle, the second with an empty report (%s)',
    async (end) => {
      const reactor = new HostedReactor();
      void reactor.run();
      let again: Promise<FiringReport> | undefined;
      reactor.on('job', () => {
        again = reactor.fire('job', undefined, { whenFiring: 'again' });
        if (end === 'crash') reactor.crash();
        else reactor.escalate({ kind: 'now' });
      });
      const during: number[] = [];
      void reactor.fire('job').then(({ counts }) => during.push(counts.during));
      void again?.then(({ counts }) => during.push(counts.during));
      await settled();
      expect([end, during]).toEqual([end, [1, 0]]);
    },
  );
});

it('C15, C30: the error with which a firing is abandoned is in its report, even if a listener of its signal ends it first', async () => {
  const errors: unknown[] = [];
  const reactor = new HostedReactor({}, { onError: (error) => errors.push(error) });
  void reactor.run();
  reactor.on('job', ({ signal }) => {
    signal.addEventListener('abort', () => {
      reactor.crash();
    });
    return new Promise(() => undefined);
  });
  const firing = reactor.fire('job');
  reactor.escalate({ kind: 'now' });
  const { errors: reported } = await firing;
  expect([errors.length, reported.map(({ cause }) => cause)]).toEqual([1, errors]);
});

describe('a firing that ends before the triggers of its phase are called', () => {
  it('C31: because a service crashes the reactor: none of them runs, and all stay registered', async () => {
    const reactor = new HostedReactor();
    let crashes = true;
    reactor.use({
      name: 'service',
      startup: {
        before: () => {
          if (crashes) reactor.crash();
        },
      },
    });
    reactor.once('startup', {
      before: () => reactor.journal.push('before'),
      after: () => reactor.journal.push('after'),
    });
    const { startup } = await reactor.run();
    expect([startup.counts.before, reactor.journal]).toEqual([1, [...HELD, ...RELEASED]]);
    crashes = false;
    void reactor.run();
    expect(reactor.journal.slice(4)).toEqual([...HELD, 'before', 'after']);
  });

  it('C31, C46: because an observer crashes the reactor: none of them runs', async () => {
    const reactor: HostedReactor = new HostedReactor(
      {},
      {
        observer: {
          phase: (step, { event }) => {
            if (step === 'start' && event === 'job') reactor.crash();
          },
        },
      },
    );
    void reactor.run();
    reactor.on('job', { before: () => reactor.journal.push('before') });
    const { counts } = await reactor.fire('job');
    expect([counts.before, reactor.journal]).toEqual([0, [...HELD, ...RELEASED]]);
  });
});

describe('a phase to which its own trigger adds triggers', () => {
  it('C17, C18: a phase of startup takes 10 000 more triggers, and throws PhasePassedError for the next', () => {
    const reactor = new HostedReactor({}, { onError: () => undefined });
    const add = (): void => {
      reactor.addSystemEventTrigger('during', 'startup', () => undefined);
    };
    let thrown: unknown;
    reactor.addSystemEventTrigger('during', 'startup', () => {
      for (let i = 0; i < MAX_ADDED; i++) add();
      try {
        add();
      } catch (error) {
        thrown = error;
      }
    });
    void reactor.run();
    expect(thrown).toBeInstanceOf(PhasePassedError);
  });
});

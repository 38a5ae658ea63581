import type { ReactorBase, RunResult } from '@triphase/core';
import { asyncDisposeOf, Journal, throws } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeThrownBy, deferred, nextTurn, recordErrors, settle, start } from './steps.ts';

const PHASES = ['before', 'during', 'after'] as const;

/** Ending a run, or its waiting, by force: C31, C32. */
export function breakingOff(kit: Kit): void {
  kit.it('C31', 'crash outside of a turn ends the run at once and fires nothing', async () => {
    const reactor = kit.create();
    reactor.on('shutdown', throws('never called'));
    const { ended } = await start(reactor);
    await settle();
    reactor.crash();
    kit.expect([reactor.state, reactor.running]).toEqual(['idle', false]);
    const { reason, shutdown } = await ended;
    kit.expect([reason, shutdown]).toEqual([{ kind: 'crash' }, undefined]);
  });

  kit.it('C31', 'crash inside a turn ends the run after that turn: its other calls still run', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const { ended } = await start(reactor);
    await nextTurn(reactor);
    await settle();
    reactor.callSoon(() => {
      reactor.crash();
      journal.entries.push(`${reactor.state} ${codeThrownBy(() => reactor.run())}`);
      reactor.callSoon(throws('a call of the next turn'));
    });
    reactor.callSoon(() => journal.entries.push('sibling'));
    await ended;
    kit.expect(journal.entries).toEqual(['running ERR_TRIPHASE_ALREADY_RUNNING', 'sibling']);
    kit.expect(reactor.state).toBe('idle');
  });

  kit.it(
    'C31',
    'a reactor that crashed can be run again, with the queue, timers and triggers that were left',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const all = deferred();
      const note = (entry: string) => (): void => {
        journal.entries.push(entry);
        if (journal.entries.includes('queued') && journal.entries.includes('timed')) all.resolve();
      };
      reactor.once('shutdown', note('shutdown'));
      const { ended } = await start(reactor);
      await nextTurn(reactor);
      await settle();
      reactor.callLater(5, note('timed'));
      reactor.callSoon(note('queued'));
      reactor.crash();
      kit.expect((await ended).left).toEqual({ queued: 1, timed: 1 });
      kit.expect([journal.entries, reactor.getDelayedCalls().length]).toEqual([[], 1]);
      await start(reactor);
      await all.promise;
      await reactor.stop();
      kit.expect(journal.entries).toEqual(['queued', 'timed', 'shutdown']);
    },
  );

  kit.it('C31', 'each run of a reactor that crashed has a promise and a startup of its own', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('startup', journal.notes('every startup'));
    reactor.once('startup', journal.notes('first startup'));
    const first = await start(reactor);
    reactor.crash();
    reactor.once('startup', journal.notes('second startup'));
    const second = await start(reactor);
    await reactor.stop({ kind: 'done' });
    kit.expect(journal.entries).toEqual(['every startup', 'first startup', 'every startup', 'second startup']);
    kit.expect([(await first.ended).reason.kind, (await second.ended).reason.kind]).toEqual(['crash', 'done']);
  });

  kit.it(
    'C31',
    'a firing in flight is abandoned by a crash: its report lists what pended, its later phases do not run',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const journal = new Journal();
      const pending = journal.pends('during');
      reactor.addSystemEventTrigger('during', 'event', pending.trigger, { name: 'slow' });
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      await start(reactor);
      const firing = reactor.fire('event');
      reactor.crash();
      await settle();
      const { abandoned, counts } = await firing;
      kit
        .expect(abandoned.map(({ event, phase, name }) => [event, phase, name]))
        .toEqual([['event', 'during', 'slow']]);
      kit.expect([counts, reactor.isFiring('event')]).toEqual([{ before: 0, during: 1, after: 0 }, false]);
      kit.expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
      pending.reject('too late');
      await settle();
      kit.expect(journal.entries).toEqual(['during']);
      await reactor.fire('event');
      kit.expect(journal.entries).toEqual(['during', 'after']);
    },
  );

  kit.it('C31', 'crash while startup pends abandons it, and the next run starts anew', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const pending = journal.pends('before');
    reactor.once('startup', { before: pending.trigger, during: journal.notes('during') });
    const ended = reactor.run();
    await pending.called;
    reactor.crash();
    const { reason, startup } = await ended;
    kit.expect([reason.kind, startup.abandoned.length, startup.counts.during]).toEqual(['crash', 1, 0]);
    pending.resolve();
    await settle();
    kit.expect([journal.entries, reactor.state, reactor.running]).toEqual([['before'], 'idle', false]);
    await start(reactor);
    kit.expect(journal.entries).toEqual(['before', 'during']);
    await reactor.stop();
  });

  kit.it(
    'C31',
    'crash after stop ends the run, in any phase of shutdown, and the reactor can be run again',
    async () => {
      for (const phase of PHASES) {
        const reactor = kit.create({ onError: () => undefined });
        const pending = new Journal().pends(phase);
        reactor.addSystemEventTrigger(phase, 'shutdown', pending.trigger);
        const { ended } = await start(reactor);
        void reactor.stop({ kind: 'stop' });
        await pending.called;
        await settle();
        reactor.crash();
        const { reason, shutdown } = await ended;
        kit.expect([reason, shutdown, reactor.state]).toEqual([{ kind: 'crash' }, undefined, 'idle']);
        pending.resolve();
        await start(reactor);
        kit.expect((await reactor.stop({ kind: 'done' })).reason).toEqual({ kind: 'done' });
      }
    },
  );

  kit.it('C31', 'crash between stop and shutdown leaves no shutdown behind for the next run', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', journal.notes('shutdown'));
    await start(reactor);
    await settle();
    void reactor.stop();
    reactor.crash();
    await start(reactor);
    await nextTurn(reactor);
    await nextTurn(reactor);
    kit.expect([journal.entries, reactor.state]).toEqual([[], 'running']);
    await reactor.stop();
  });

  kit.it(
    'C31',
    'crash on a reactor that is idle, has crashed or has stopped throws ReactorNotRunningError',
    async () => {
      const reactor = kit.create();
      const code = (): string =>
        codeThrownBy(() => {
          reactor.crash();
        });
      kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
      await start(reactor);
      reactor.crash();
      kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
      await start(reactor);
      await reactor.stop();
      kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
    },
  );

  kit.it(
    'C32',
    'escalate on a running reactor fires shutdown, all its phases, inside the call, and waits for none',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = PHASES.map((phase) => journal.pends(phase));
      reactor.on('shutdown', {
        before: pending[0]?.trigger ?? ignore,
        during: pending[1]?.trigger ?? ignore,
        after: pending[2]?.trigger ?? ignore,
      });
      const { ended } = await start(reactor);
      await settle();
      const reason = { kind: 'signal', signal: 'SIGINT' };
      reactor.escalate(reason);
      kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
      const result = await ended;
      kit.expect(result.reason).toEqual(reason);
      kit.expect([result.shutdown?.escalated, result.errors]).toEqual([true, []]);
      kit.expect(result.shutdown?.abandoned.map(({ phase }) => phase)).toEqual(['before', 'during', 'after']);
      kit
        .expect(pending.flatMap(({ contexts }) => contexts.map(({ signal }) => signal.aborted)))
        .toEqual([true, true, true]);
    },
  );

  for (const phase of PHASES) {
    kit.it(
      'C32',
      `escalate while ${phase} shutdown pends aborts its signals and runs each later phase, inside the call`,
      async () => {
        const { onError, errors } = recordErrors();
        const reactor = kit.create({ onError });
        const journal = new Journal();
        const [slow, slower] = [journal.pends(phase), journal.pends(phase)];
        for (const { trigger } of [slow, slower]) reactor.addSystemEventTrigger(phase, 'shutdown', trigger);
        const later = PHASES.slice(PHASES.indexOf(phase) + 1);
        for (const each of later) reactor.addSystemEventTrigger(each, 'shutdown', journal.notes(each));
        await start(reactor);
        const ended = reactor.stop({ kind: 'stop' });
        await slower.called;
        await settle();
        kit
          .expect([slow, slower].flatMap(({ contexts }) => contexts.map(({ signal }) => signal.aborted)))
          .toEqual([false, false]);
        reactor.escalate({ kind: 'impatient' });
        kit.expect(journal.entries).toEqual([phase, phase, ...later]);
        const { reason, shutdown } = await ended;
        kit
          .expect([slow, slower].flatMap(({ contexts }) => contexts.map(({ signal }) => signal.aborted)))
          .toEqual([true, true]);
        kit.expect([shutdown?.escalated, shutdown?.abandoned.length, reason.kind]).toEqual([true, 2, 'stop']);
        slow.reject('too late');
        await settle();
        kit.expect(errors).toEqual([]);
      },
    );
  }

  kit.it(
    'C32',
    'what escalate abandons is listed in the report and is no error; a trigger that throws is still reported',
    async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      reactor.addSystemEventTrigger('before', 'shutdown', () => deferred().promise, { name: 'slow' });
      reactor.addSystemEventTrigger('during', 'shutdown', throws('failed'));
      const { ended } = await start(reactor);
      reactor.escalate({ kind: 'impatient' });
      const { shutdown, errors: failures } = await ended;
      kit
        .expect(shutdown?.abandoned.map(({ kind, name, event, phase }) => [kind, name, event, phase]))
        .toEqual([['trigger', 'slow', 'shutdown', 'before']]);
      kit.expect([errors, failures.length]).toEqual([['failed'], 1]);
    },
  );

  kit.it(
    'C32',
    'escalate while startup pends abandons it, begins no later phase of it, and fires shutdown inside the call',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('before startup');
      reactor.on('startup', {
        before: pending.trigger,
        during: journal.notes('during startup'),
        after: journal.notes('after startup'),
      });
      reactor.on('shutdown', { before: journal.notes('before shutdown'), after: journal.notes('after shutdown') });
      const ended = reactor.run();
      await pending.called;
      reactor.escalate({ kind: 'impatient' });
      kit.expect(journal.entries).toEqual(['before startup', 'before shutdown', 'after shutdown']);
      const { startup, reason } = await ended;
      kit.expect([startup.escalated, startup.abandoned.length, reason.kind]).toEqual([true, 1, 'impatient']);
      kit.expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
    },
  );

  kit.it('C32', 'escalate after stop also ends the wait for a startup that pends', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const pending = journal.pends('before startup');
    reactor.on('startup', { before: pending.trigger });
    reactor.on('shutdown', journal.notes('shutdown'));
    const ended = reactor.run();
    await pending.called;
    void reactor.stop({ kind: 'first' });
    reactor.escalate({ kind: 'second' });
    kit.expect(journal.entries).toEqual(['before startup', 'shutdown']);
    kit.expect((await ended).reason).toEqual({ kind: 'first' });
  });

  kit.it('C32', 'escalate in the synchronous part of a shutdown trigger: no phase waits from there on', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', {
      before: () => {
        reactor.escalate({ kind: 'impatient' });
        return journal.pends('before').promise;
      },
      during: journal.pends('during').trigger,
      after: journal.notes('after'),
    });
    await start(reactor);
    const { shutdown } = await reactor.stop();
    kit.expect(journal.entries).toEqual(['during', 'after']);
    kit.expect(shutdown?.abandoned.map(({ phase }) => phase)).toEqual(['before', 'during']);
  });

  kit.it('C32', 'escalate aborts the signals of triggers that pend or begin after it, with its reason', async () => {
    const reactor = kit.create();
    const pending = PHASES.map((phase) => new Journal().pends(phase));
    PHASES.forEach((phase, index) => {
      reactor.addSystemEventTrigger(phase, 'shutdown', pending[index]?.trigger ?? ignore);
    });
    const seen: boolean[] = [];
    reactor.addSystemEventTrigger('during', 'shutdown', ({ signal }) => seen.push(signal.aborted));
    await start(reactor);
    const ended = reactor.stop();
    await pending[0]?.called;
    const reason = { kind: 'impatient' };
    reactor.escalate(reason);
    await ended;
    kit.expect(seen).toEqual([true]);
    const reasons = pending.flatMap(({ contexts }) => contexts.map(({ signal }) => signal.reason === reason));
    kit.expect(reasons).toEqual([true, true, true]);
  });

  kit.it('C32', 'escalate in the synchronous part of a startup trigger: no phase of shutdown waits', async () => {
    const reactor = kit.create();
    reactor.on('startup', {
      before: () => {
        reactor.escalate({ kind: 'impatient' });
      },
      during: throws('never called'),
    });
    reactor.on('shutdown', { before: () => deferred().promise, after: () => deferred().promise });
    const { reason, shutdown } = await reactor.run();
    kit.expect([reason.kind, shutdown?.escalated, shutdown?.abandoned.length]).toEqual(['impatient', true, 2]);
  });

  kit.it('C32', 'escalate again changes nothing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', {
      before: journal.notes('before'),
      after: () => {
        journal.entries.push('after');
        reactor.escalate();
      },
    });
    const { ended } = await start(reactor);
    reactor.escalate();
    await ended;
    kit.expect([journal.entries, reactor.state]).toEqual([['before', 'after'], 'stopped']);
  });

  kit.it(
    'C32',
    'escalate inside a call fires shutdown there, and ends the turn: what has not run is counted',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.on('shutdown', journal.notes('shutdown'));
      const { ended } = await start(reactor);
      await nextTurn(reactor);
      await settle();
      reactor.callSoon(() => {
        reactor.escalate({ kind: 'impatient' });
        journal.entries.push('escalated');
      });
      reactor.callSoon(throws('never called'));
      const { left } = await ended;
      kit.expect([journal.entries, left.queued]).toEqual([['shutdown', 'escalated'], 1]);
    },
  );

  kit.it('C32', 'escalate leaves the firings of other events alone until the run ends', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const pending = new Journal().pends('during');
    reactor.on('event', pending.trigger);
    const seen: unknown[] = [];
    reactor.on('shutdown', () => seen.push(reactor.isFiring('event'), pending.contexts[0]?.signal.aborted));
    const { ended } = await start(reactor);
    void reactor.fire('event');
    reactor.escalate();
    await ended;
    kit.expect(seen).toEqual([true, false]);
  });

  kit.it(
    'C32',
    'escalate on a reactor that is idle, has crashed or has stopped throws ReactorNotRunningError',
    async () => {
      const reactor: ReactorBase = kit.create();
      const code = (): string =>
        codeThrownBy(() => {
          reactor.escalate({ kind: 'impatient' });
        });
      kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
      await start(reactor);
      reactor.crash();
      kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
      await start(reactor);
      await reactor.stop();
      kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
    },
  );

  reentrantEnds(kit);
}

/** Code that hears of the end of a run, and from there crashes or runs the reactor: C24, C31, C33. */
function reentrantEnds(kit: Kit): void {
  kit.it('C31', 'the result of a run that a startup trigger has crashed can be printed', async () => {
    const reactor = kit.create();
    reactor.once('startup', async () => {
      await settle();
      reactor.crash();
    });
    kit.expect(String(await reactor.run()).includes('run ended: crash')).toBe(true);
    reactor.once('startup', () => {
      reactor.crash();
    });
    kit.expect(String(await reactor.run()).includes('run ended: crash')).toBe(true);
  });

  kit.it('C31', 'crash in a listener of the signal, while run() takes a signal that is aborted', async () => {
    const reactor = kit.create();
    reactor.on('startup', throws('never called'));
    reactor.on('shutdown', throws('never called'));
    reactor.signal.addEventListener('abort', () => {
      reactor.crash();
    });
    const signal = { aborted: true, reason: 'gone', addEventListener: ignore, removeEventListener: ignore };
    const { reason, startup } = await reactor.run({ signal });
    kit
      .expect([reason, startup.counts, reactor.state])
      .toEqual([{ kind: 'crash' }, { before: 0, during: 0, after: 0 }, 'idle']);
  });

  kit.it('C31', 'crash and run in a listener of the signal of a stop: the new run is complete', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    const pending = deferred();
    let second: Promise<unknown> | undefined;
    let isAborted: boolean | undefined;
    reactor.signal.addEventListener('abort', () => {
      reactor.crash();
      reactor.once('startup', { before: () => pending.promise, after: ignore });
      second = reactor.run();
      isAborted = reactor.signal.aborted;
    });
    void reactor.stop();
    kit.expect([(await ended).reason.kind, reactor.state, isAborted]).toEqual(['crash', 'starting', false]);
    pending.resolve();
    kit.expect((await reactor.startupReport)?.counts).toEqual({ before: 1, during: 0, after: 1 });
    kit.expect([reactor.state, reactor.signal.aborted]).toEqual(['running', false]);
    void reactor.stop({ kind: 'done' });
    kit.expect(((await second) as RunResult).reason.kind).toBe('done');
  });

  kit.it('C33', 'dispose never rejects: in a listener of the signal of a crash it waits for the end', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    let disposed: PromiseLike<void> | undefined;
    reactor.signal.addEventListener('abort', () => {
      disposed = asyncDisposeOf(reactor);
    });
    reactor.crash();
    await disposed;
    kit.expect([(await ended).reason.kind, reactor.state]).toEqual(['crash', 'idle']);
  });

  kit.it('C31', 'crash in an observer that hears of the end of startup or shutdown', async () => {
    for (const event of ['startup', 'shutdown']) {
      let crashes = 0;
      const reactor: ReactorBase = kit.create({
        observer: {
          firing: (step, firing) => {
            if (firing.event !== event || step === 'start' || crashes++ > 0) return;
            reactor.crash();
          },
        },
      });
      const ended = reactor.run();
      if (event === 'shutdown') void reactor.stop();
      kit.expect([(await ended).reason.kind, reactor.state]).toEqual(['crash', 'idle']);
      await start(reactor);
      kit.expect((await reactor.stop()).reason.kind).toBe('stop');
    }
  });
}

function ignore(): void {
  // Nothing to do.
}

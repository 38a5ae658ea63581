import { every, sleep, ticks, type ReactorBase, type StopReason, type TriggerContext } from '@triphase/core';
import { asyncDisposeOf, Journal, throws } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, codeThrownBy, nextTurn, recordErrors, rejectionOf, settle, start } from './steps.ts';

const PHASES = ['before', 'during', 'after'] as const;

/** From running to stopped: C28–C30, C33, C54. */
export function stopping(kit: Kit): void {
  kit.it(
    'C28',
    'stop runs no trigger synchronously, from outside and from a call; the state is stopping at once',
    async () => {
      for (const where of ['outside', 'in a call', 'in a timed call']) {
        const reactor = kit.create();
        const journal = new Journal();
        reactor.on('shutdown', journal.notes('shutdown'));
        const { ended } = await start(reactor);
        await nextTurn(reactor);
        const stop = (): void => {
          void reactor.stop();
          journal.entries.push(`${reactor.state}, running ${String(reactor.running)}`);
        };
        if (where === 'outside') stop();
        else if (where === 'in a call') reactor.callSoon(stop);
        else reactor.callLater(0, stop);
        await ended;
        kit.expect(journal.entries).toEqual(['stopping, running true', 'shutdown']);
        kit.expect([reactor.state, reactor.running]).toEqual(['stopped', false]);
      }
    },
  );

  kit.it('C28', 'what is queued when stop is called runs before shutdown, more than one batch of it too', async () => {
    const reactor = kit.create({ maxBatch: 10 });
    const ran = { sooner: 0, later: 0 };
    const seen: unknown[] = [];
    reactor.on('shutdown', { before: () => seen.push({ ...ran }) });
    await start(reactor);
    await nextTurn(reactor);
    for (let i = 0; i < 35; i++) reactor.callSoon(() => ran.sooner++);
    const ended = reactor.stop();
    for (let i = 0; i < 1_000; i++) reactor.callSoon(() => ran.later++);
    await ended;
    const [{ sooner, later } = { sooner: 0, later: 0 }] = seen as (typeof ran)[]; // as: what was pushed above
    kit.expect([seen.length, sooner, later < 1_000]).toEqual([1, 35, true]);
  });

  kit.it('C28', 'a call that keeps the queue full cannot put the shutdown off', async () => {
    const reactor = kit.create();
    const again = (): void => {
      reactor.callSoon(again);
      reactor.callLater(0, ignore);
    };
    await start(reactor);
    reactor.callSoon(again);
    kit.expect((await reactor.stop()).reason).toEqual({ kind: 'stop' });
  });

  kit.it(
    'C28',
    'timed calls that make themselves anew, more than fit into a turn, cannot put the shutdown off',
    async () => {
      const reactor = kit.create({ maxBatch: 10 });
      const again = (): void => void reactor.callLater(0, again);
      await start(reactor);
      reactor.callSoon(() => {
        for (let i = 0; i < 30; i++) again();
      });
      await nextTurn(reactor);
      kit.expect((await reactor.stop()).reason).toEqual({ kind: 'stop' });
    },
  );

  kit.it(
    'C28',
    'timed calls that are due at the end of the last call before the stop run before shutdown, too',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.on('shutdown', { before: journal.notes('shutdown') });
      const { ended } = await start(reactor);
      reactor.callSoon(() => {
        reactor.callLater(0, () => journal.entries.push('due'));
        void reactor.stop();
        reactor.callLater(60_000, throws('never called'));
      });
      await ended;
      kit.expect(journal.entries).toEqual(['due', 'shutdown']);
    },
  );

  kit.it('C28', 'all that is due then runs before shutdown, more than one batch of it too', async () => {
    const reactor = kit.create({ maxBatch: 10 });
    let ran = 0;
    const seen: number[] = [];
    reactor.on('shutdown', { before: () => seen.push(ran) });
    const { ended } = await start(reactor);
    reactor.callSoon(() => {
      for (let i = 0; i < 35; i++) reactor.callLater(0, () => ran++);
      void reactor.stop();
    });
    await ended;
    kit.expect(seen).toEqual([35]);
  });

  kit.it('C28', 'what is queued after stop runs during shutdown, as long as a trigger gives it time', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', {
      before: async () => {
        journal.entries.push('before shutdown');
        await nextTurn(reactor);
      },
      after: journal.notes('after shutdown'),
    });
    const { ended } = await start(reactor);
    reactor.callSoon(() => {
      void reactor.stop();
      reactor.callSoon(() => journal.entries.push('call'));
    });
    await ended;
    kit.expect(journal.entries).toEqual(['before shutdown', 'call', 'after shutdown']);
  });

  kit.it('C28', 'shutdown fires with the reason as its detail; without one it is { kind: "stop" }', async () => {
    const reasons: (StopReason | undefined)[] = [
      undefined,
      { kind: 'signal', signal: 'SIGTERM' },
      { kind: 'mine', cause: new Error('why') },
    ];
    for (const given of reasons) {
      const reactor = kit.create();
      const details: StopReason[] = [];
      reactor.on('shutdown', {
        before: ({ detail }) => details.push(detail),
        after: ({ detail }) => details.push(detail),
      });
      await start(reactor);
      const { reason } = await (given === undefined ? reactor.stop() : reactor.stop(given));
      kit.expect(reason).toEqual(given ?? { kind: 'stop' });
      kit.expect(details.map((detail) => detail === reason)).toEqual([true, true]);
    }
  });

  kit.it(
    'C28',
    'every caller of stop gets the promise of run, also once stopped, and the first reason holds',
    async () => {
      const reactor = kit.create();
      const run = reactor.run();
      const promises = [reactor.stop({ kind: 'first' }), reactor.stop({ kind: 'second' })];
      promises.push(reactor.stop());
      await run;
      promises.push(reactor.stop({ kind: 'late' }));
      kit.expect(promises.every((promise) => promise === run)).toBe(true);
      kit.expect((await reactor.stop()).reason).toEqual({ kind: 'first' });
    },
  );

  kit.it('C28', 'stop on a reactor that is idle or has crashed throws ReactorNotRunningError', async () => {
    const reactor = kit.create();
    const code = (): string => codeThrownBy(() => reactor.stop());
    kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
    await start(reactor);
    reactor.crash();
    kit.expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
  });

  kit.it(
    'C28',
    'stop in the synchronous part of a shutdown trigger throws SelfWaitError, and the stop goes on',
    async () => {
      const reactor = kit.create();
      const codes: string[] = [];
      const stop = (): void => void codes.push(codeThrownBy(() => reactor.stop()));
      reactor.on('shutdown', { before: stop, during: stop, after: stop });
      await start(reactor);
      await reactor.stop();
      kit.expect(codes).toEqual(PHASES.map(() => 'ERR_TRIPHASE_SELF_WAIT'));
    },
  );

  kit.it('C28', 'while a shutdown trigger pends, anyone else may call stop', async () => {
    const reactor = kit.create();
    const same: boolean[] = [];
    const { ended } = await start(reactor);
    reactor.on('shutdown', async () => {
      await nextTurn(reactor);
      same.push(reactor.stop() === ended);
      reactor.callSoon(() => same.push(reactor.stop() === ended));
      await nextTurn(reactor);
    });
    await reactor.stop();
    kit.expect(same).toEqual([true, true]);
  });

  kit.it(
    'C29',
    'stop inside a startup trigger: the phase is started to its end, no later one begins, shutdown fires',
    async () => {
      for (const phase of PHASES) {
        const reactor = kit.create();
        const journal = new Journal();
        for (const each of PHASES) reactor.addSystemEventTrigger(each, 'startup', journal.notes(each));
        reactor.addSystemEventTrigger(phase, 'startup', () => void reactor.stop());
        reactor.addSystemEventTrigger(phase, 'startup', journal.notes(`${phase}, sibling`));
        reactor.callWhenRunning(journal.notes('callWhenRunning'));
        reactor.on('shutdown', journal.notes('shutdown'));
        const { reason, startup } = await reactor.run();
        const begun = PHASES.slice(0, PHASES.indexOf(phase) + 1);
        const last = phase === 'after' ? ['callWhenRunning'] : [];
        kit.expect(sorted(journal.entries)).toEqual(sorted([...begun, `${phase}, sibling`, ...last, 'shutdown']));
        kit.expect(journal.entries.at(-1)).toBe('shutdown');
        kit.expect([reason, startup.errors]).toEqual([{ kind: 'stop' }, []]);
      }
    },
  );

  kit.it('C29', 'stop while startup pends aborts its signals, and shutdown waits for what pends', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const pending = journal.pends('before startup');
    reactor.on('startup', { before: pending.trigger, during: journal.notes('never'), after: journal.notes('never') });
    reactor.on('shutdown', { before: journal.notes('shutdown') });
    const ended = reactor.run();
    await pending.called;
    kit.expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([false]);
    void reactor.stop();
    kit.expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
    await nextTurn(reactor);
    await settle();
    kit.expect([journal.entries, reactor.state]).toEqual([['before startup'], 'stopping']);
    pending.resolve();
    const { startup } = await ended;
    kit.expect(journal.entries).toEqual(['before startup', 'shutdown']);
    kit.expect([startup.counts, startup.abandoned]).toEqual([{ before: 1, during: 0, after: 0 }, []]);
  });

  kit.it('C29', 'a signal that a startup trigger reads only after the stop is already aborted', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('before startup');
    reactor.on('startup', { before: pending.trigger });
    const ended = reactor.run();
    await pending.called;
    void reactor.stop();
    kit.expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
    pending.resolve();
    await ended;
  });

  kit.it(
    'C29',
    'what pends in startup is awaited no longer than the shutdown deadline, which counts from the stop',
    async () => {
      const reactor = kit.create({ limits: { shutdown: { deadline: 20 } }, onError: () => undefined });
      const journal = new Journal();
      const pending = journal.pends('before startup');
      reactor.on('startup', { before: pending.trigger });
      reactor.on('shutdown', journal.notes('shutdown'));
      const ended = reactor.run();
      await pending.called;
      void reactor.stop();
      const { startup } = await ended;
      kit.expect(journal.entries).toEqual(['before startup', 'shutdown']);
      kit.expect(startup.abandoned.map(({ event, phase }) => [event, phase])).toEqual([['startup', 'before']]);
    },
  );

  kit.it(
    'C29',
    'stopped before the phase during of startup, a reactor never says that it runs; stopped later, it does until before shutdown is over',
    async () => {
      for (const phase of PHASES) {
        const reactor = kit.create();
        const seen: boolean[] = [];
        const look = (): void => void seen.push(reactor.running);
        reactor.addSystemEventTrigger(phase, 'startup', () => void reactor.stop());
        reactor.on('shutdown', { before: look, during: look, after: look });
        await reactor.run();
        kit.expect(seen).toEqual([phase !== 'before', false, false]);
      }
    },
  );

  kit.it(
    'C30',
    'running is true in before shutdown, false in during and after; the state is stopping in all of them',
    async () => {
      const reactor = kit.create();
      const seen: unknown[] = [];
      const look = ({ phase }: TriggerContext): void => void seen.push([phase, reactor.running, reactor.state]);
      reactor.on('shutdown', { before: look, during: look, after: look });
      await start(reactor);
      await reactor.stop();
      kit.expect(seen).toEqual([
        ['before', true, 'stopping'],
        ['during', false, 'stopping'],
        ['after', false, 'stopping'],
      ]);
    },
  );

  kit.it(
    'C30',
    'running stays true as long as before shutdown pends, and is false as soon as during begins',
    async () => {
      const reactor = kit.create();
      const pending = { before: new Journal().pends('before'), during: new Journal().pends('during') };
      reactor.on('shutdown', { before: pending.before.trigger, during: pending.during.trigger });
      await start(reactor);
      const ended = reactor.stop();
      await pending.before.called;
      await nextTurn(reactor);
      kit.expect(reactor.running).toBe(true);
      pending.before.resolve();
      await pending.during.called;
      kit.expect(reactor.running).toBe(false);
      pending.during.resolve();
      await ended;
    },
  );

  kit.it(
    'C30',
    'turns and timers go on until after shutdown has settled, so its triggers can use the clock',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      for (const phase of PHASES) {
        reactor.addSystemEventTrigger(phase, 'shutdown', async () => {
          await nextTurn(reactor);
          await sleep(reactor, 2);
          journal.entries.push(phase);
        });
      }
      await start(reactor);
      await reactor.stop();
      kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
    },
  );

  kit.it('C30', 'every and ticks end when stopping begins, earlier than before shutdown', async () => {
    const reactor = kit.create();
    const ended: string[] = [];
    await start(reactor);
    const loop = every(reactor, 1, ignore);
    void loop.whenDone().then(() => ended.push('every'));
    void (async () => {
      for await (const tick of ticks(reactor, 1)) kit.expect(typeof tick.time).toBe('number');
      ended.push('ticks');
    })();
    await sleep(reactor, 3);
    reactor.on('shutdown', {
      before: async () => {
        ended.push(`active ${String(loop.active)}`);
        await settle();
        ended.push('before shutdown');
      },
    });
    await reactor.stop();
    kit.expect(sorted(ended.slice(0, 3))).toEqual(['active false', 'every', 'ticks']);
    kit.expect(ended.slice(3)).toEqual(['before shutdown']);
  });

  kit.it('C30', 'a sleep that pends at the end of the run rejects with ReactorStoppedError', async () => {
    const reactor = kit.create();
    await start(reactor);
    const rejected = rejectionOf(sleep(reactor, 60_000));
    await reactor.stop();
    kit.expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STOPPED');
  });

  kit.it('C30', 'what is dropped at the end of the run is told once, and not called', async () => {
    const reactor = kit.create();
    const dropped: string[] = [];
    await start(reactor);
    const onDrop = (error: unknown): void => void dropped.push(codeOf(error));
    reactor.callLater(60_000, throws('never called'), { onDrop });
    reactor.callLater(60_000, throws('never called'), { onDrop }).cancel();
    reactor.callLater(0, ignore, { onDrop });
    await sleep(reactor, 1);
    await reactor.stop();
    kit.expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
  });

  kit.it(
    'C30',
    'a firing of another event that pends at the end is abandoned and reported; its later phases do not run',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const pending = journal.pends('during');
      reactor.addSystemEventTrigger('during', 'event', pending.trigger, { name: 'slow' });
      reactor.addSystemEventTrigger('during', 'event', journal.pends('also').trigger, { name: 'slower' });
      reactor.addSystemEventTrigger('after', 'event', throws('never called'));
      await start(reactor);
      const firing = reactor.fire('event');
      await reactor.stop();
      const { abandoned, counts } = await firing;
      kit.expect(abandoned.map(({ event, phase, name }) => [event, phase, name])).toEqual([
        ['event', 'during', 'slow'],
        ['event', 'during', 'slower'],
      ]);
      kit.expect(counts).toEqual({ before: 0, during: 2, after: 0 });
      kit.expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_STOPPED', 'ERR_TRIPHASE_STOPPED']);
      kit.expect(sources.map(({ name }) => name)).toEqual(['slow', 'slower']);
      kit.expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
      pending.reject('too late');
    },
  );

  kit.it('C30', 'a firing of another event may go on while the reactor stops', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('during');
    reactor.on('event', { during: pending.trigger, after: () => 1 });
    await start(reactor);
    const firing = reactor.fire('event');
    reactor.on('shutdown', async () => {
      pending.resolve();
      await firing;
    });
    await reactor.stop();
    const { counts, abandoned } = await firing;
    kit.expect([counts, abandoned]).toEqual([{ before: 0, during: 1, after: 1 }, []]);
  });

  kit.it('C30', 'left counts the queued and timed calls that never ran', async () => {
    const reactor = kit.create();
    reactor.on('shutdown', {
      after: () => {
        for (let i = 0; i < 3; i++) reactor.callSoon(throws('never called'));
        for (let i = 0; i < 2; i++) reactor.callLater(60_000, throws('never called'));
        reactor.callLater(60_000, throws('never called')).cancel();
      },
    });
    await start(reactor);
    kit.expect((await reactor.stop()).left).toEqual({ queued: 3, timed: 2 });
    await settle();
  });

  kit.it(
    'C30',
    'calls given to a reactor that has stopped are accepted and never run; who waits for one is told at once',
    async () => {
      const reactor = kit.create();
      await start(reactor);
      await reactor.stop();
      const dropped: string[] = [];
      reactor.callSoon(throws('never called'));
      reactor.callLater(0, throws('never called'), { onDrop: (error) => dropped.push(codeOf(error)) });
      kit.expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
      kit.expect(codeOf(await rejectionOf(sleep(reactor, 1)))).toBe('ERR_TRIPHASE_STOPPED');
      await timePasses(kit);
    },
  );

  kit.it('C30', 'once the run is over no turn comes any more', async () => {
    const reactor = kit.create();
    // Made last of all, so that no stall of the machine makes it due before the end.
    reactor.once('shutdown', { after: () => void reactor.callLater(1, throws('never called')) });
    await start(reactor);
    await reactor.stop();
    const { turns } = reactor.stats();
    await timePasses(kit);
    kit.expect(reactor.stats().turns).toBe(turns);
  });

  kit.it('C33', 'await using stops a reactor that runs and waits for the end of the run', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    await asyncDisposeOf(reactor);
    kit.expect(reactor.state).toBe('stopped');
    kit.expect((await ended).reason).toEqual({ kind: 'dispose' });
  });

  kit.it(
    'C33',
    'await using does nothing to a reactor that is idle or stopped, and waits for one that stops',
    async () => {
      const idle = kit.create();
      await asyncDisposeOf(idle);
      kit.expect(idle.state).toBe('idle');
      const reactor = kit.create();
      await start(reactor);
      const ended = reactor.stop();
      await asyncDisposeOf(reactor);
      kit.expect(reactor.state).toBe('stopped');
      await asyncDisposeOf(reactor);
      kit.expect((await ended).reason).toEqual({ kind: 'stop' });
    },
  );

  kit.it('C33', 'await using never rejects, run does', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const pending = journal.pends('before');
    reactor.on('startup', { before: pending.trigger });
    const ended = reactor.run();
    await pending.called;
    pending.reject('failed');
    await asyncDisposeOf(reactor);
    kit.expect(reactor.state).toBe('stopped');
    await ended.catch(ignore);
  });

  kit.it('C33', 'await using never rejects while a start that failed is undone, either', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const pending = new Journal().pends('shutdown');
    reactor.on('startup', { before: throws('failed') });
    reactor.on('shutdown', pending.trigger);
    const rejected = rejectionOf(reactor.run());
    await pending.called;
    const disposed = asyncDisposeOf(reactor);
    pending.resolve();
    await disposed;
    kit.expect(reactor.state).toBe('stopped');
    kit.expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STARTUP_FAILED');
  });

  kit.it(
    'C54',
    "the reactor's signal aborts with the stop reason when stopping begins, earlier than before shutdown",
    async () => {
      const reactor = kit.create();
      const { signal } = reactor;
      const seen: unknown[] = [];
      reactor.on('shutdown', { before: () => seen.push(signal.aborted) });
      await start(reactor);
      kit.expect([signal.aborted, reactor.signal === signal]).toEqual([false, true]);
      const reason = { kind: 'done' };
      const ended = reactor.stop(reason);
      kit.expect([signal.aborted, signal.reason === reason]).toEqual([true, true]);
      await ended;
      kit.expect([seen, reactor.signal === signal]).toEqual([[true], true]);
    },
  );

  kit.it('C54', 'a signal first read after stopping has begun is already aborted, with the reason', async () => {
    const reactor = kit.create();
    await start(reactor);
    const reason = { kind: 'done' };
    const ended = reactor.stop(reason);
    kit.expect([reactor.signal.aborted, reactor.signal.reason === reason]).toEqual([true, true]);
    await ended;
  });

  kit.it('C54', "the signal's listeners hear of it once", async () => {
    const reactor = kit.create();
    let heard = 0;
    reactor.signal.addEventListener('abort', () => heard++);
    await start(reactor);
    void reactor.stop();
    await reactor.stop();
    kit.expect(heard).toBe(1);
  });

  kit.it('C54', 'the signal aborts on a crash, and the next run has a new one', async () => {
    const reactor = kit.create();
    await start(reactor);
    const { signal } = reactor;
    reactor.crash();
    kit.expect([signal.aborted, (signal.reason as StopReason).kind]).toEqual([true, 'crash']); // as: C54
    await start(reactor);
    kit.expect([reactor.signal === signal, reactor.signal.aborted]).toEqual([false, false]);
    await reactor.stop();
  });

  kit.it(
    'C30',
    'a firing that was asked for with whenFiring: again has an empty report when the run ends first',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      let calls = 0;
      reactor.on('job', () => {
        calls++;
        return new Promise(() => undefined);
      });
      await start(reactor);
      const first = reactor.fire('job');
      const second = reactor.fire('job', undefined, { whenFiring: 'again' });
      await reactor.stop();
      kit.expect((await first).abandoned.length).toBe(1);
      kit.expect((await second).counts).toEqual({ before: 0, during: 0, after: 0 });
      kit.expect([calls, reactor.isFiring('job')]).toEqual([1, false]);
    },
  );

  kit.it('C54', 'after a crash the signal is that of the next run', async () => {
    const reactor = kit.create();
    const first = reactor.run();
    reactor.crash();
    await first;
    const { signal } = reactor;
    kit.expect(signal.aborted).toBe(false);
    const second = reactor.run();
    kit.expect(reactor.signal).toBe(signal);
    reactor.crash();
    await second;
    kit.expect(signal.aborted).toBe(true);
  });

  kit.it('C54', 'the signal aborts when the start fails', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const { signal } = reactor;
    reactor.on('startup', { before: throws('failed') });
    await rejectionOf(reactor.run());
    kit.expect([signal.aborted, (signal.reason as StopReason).kind]).toEqual([true, 'startup-failed']); // as: C54
  });
}

/** Waits until another reactor has slept for 10 ms. */
async function timePasses(kit: Kit): Promise<void> {
  const other: ReactorBase = kit.create();
  await start(other);
  await sleep(other, 10);
  await other.stop();
}

function sorted(entries: readonly string[]): string[] {
  return [...entries].sort();
}

function ignore(): void {
  // Nothing to do.
}

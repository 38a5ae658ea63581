import { type TriggerContext, every, sleep, ticks } from '@triphase/core';
import { ignore } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { nextTurn, start } from '../running.ts';
import { settle } from '../time.ts';

/** What still works while the reactor stops: C30. */
export function stopping(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C30',
    'running is true in before shutdown, false in during and after; the state is stopping in all of them',
    async () => {
      const reactor = kit.create();
      const seen: unknown[] = [];
      const look = ({ phase }: TriggerContext): void =>
        void seen.push({ phase, running: reactor.running, state: reactor.state });
      reactor.on('shutdown', { before: look, during: look, after: look });
      await start(reactor);
      await reactor.stop();
      expect(seen).toEqual([
        { phase: 'before', running: true, state: 'stopping' },
        { phase: 'during', running: false, state: 'stopping' },
        { phase: 'after', running: false, state: 'stopping' },
      ]);
    },
  );

  kit.it('C30', 'running is true while before shutdown is pending, and false as soon as during begins', async () => {
    const reactor = kit.create();
    const pending = { before: new Journal().pends('before'), during: new Journal().pends('during') };
    reactor.on('shutdown', { before: pending.before.trigger, during: pending.during.trigger });
    await start(reactor);
    const ended = reactor.stop();
    await pending.before.called;
    await nextTurn(reactor);
    expect(reactor.running).toBe(true);
    pending.before.resolve();
    await pending.during.called;
    expect(reactor.running).toBe(false);
    pending.during.resolve();
    await ended;
  });

  kit.it('C30', 'turns and timed calls go on until after shutdown has settled', async () => {
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
    expect(journal.entries).toEqual(['before', 'during', 'after']);
  });

  kit.it(
    'C30',
    'every() and ticks() end when stopping begins: no trigger of shutdown has been called yet',
    async () => {
      const reactor = kit.create();
      const ended: string[] = [];
      await start(reactor);
      const loop = every(reactor, 1, ignore);
      void loop.whenDone().then(() => ended.push('every'));
      void (async () => {
        for await (const tick of ticks(reactor, 1)) expect(typeof tick.time).toBe('number');
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
      expect(ended.slice(0, 3).sort()).toEqual(['active false', 'every', 'ticks']);
      expect(ended.slice(3)).toEqual(['before shutdown']);
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
    expect([counts, abandoned]).toEqual([{ before: 0, during: 1, after: 1 }, []]);
  });
}

import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { block } from '../time.ts';

/** What a turn runs, and in which order: C34. */
export function turnOrder(kit: Kit): void {
  const { expect } = kit;

  kit.it('C34', 'queued calls run in the order in which they were made', () => {
    const reactor = kit.create();
    const ran: number[] = [];
    for (const n of range(20)) reactor.callSoon(() => ran.push(n));
    reactor.iterate();
    expect(ran).toEqual(range(20));
  });

  kit.it('C34', 'calls that are queued in a turn run in the next turn', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callSoon(() => {
      ran.push('first');
      reactor.callSoon(() => ran.push('queued by the first'));
    });
    reactor.callSoon(() => ran.push('second'));
    reactor.iterate();
    expect(ran).toEqual(['first', 'second']);
    reactor.iterate();
    expect(ran).toEqual(['first', 'second', 'queued by the first']);
  });

  kit.it('C34', 'calls that are queued in a turn of the host run in the next turn', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      reactor.callSoon(() => {
        ran.push('first');
        reactor.callSoon(() => ran.push('queued by the first'));
      });
      reactor.callSoon(() => ran.push('second'));
      await nextTurn(reactor);
      ran.push('turn over');
      await nextTurn(reactor);
    });
    expect(ran).toEqual(['first', 'second', 'turn over', 'queued by the first']);
  });

  kit.it('C34', 'in a turn due timed calls run after the queued calls', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callLater(0, () => ran.push('timed'));
    reactor.callSoon(() => ran.push('queued'));
    reactor.iterate();
    expect(ran).toEqual(['queued', 'timed']);
  });

  kit.it('C34', 'a callLater(0) from a queued call runs in the same turn', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      reactor.callSoon(() => {
        reactor.callSoon(() => ran.push('next turn'));
        reactor.callLater(0, () => ran.push('same turn'));
      });
      await nextTurn(reactor);
      await nextTurn(reactor);
    });
    expect(ran).toEqual(['same turn', 'next turn']);
  });

  kit.it('C34', 'a callLater(0) from a timed call runs in the next turn', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callLater(0, () => {
      ran.push('timed');
      reactor.callLater(0, () => ran.push('made by it'));
    });
    reactor.iterate();
    expect(ran).toEqual(['timed']);
    reactor.iterate();
    expect(ran).toEqual(['timed', 'made by it']);
  });

  kit.it('C34', 'a timed call that another timed call makes due, by reset() or delay(), runs in the next turn', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    const reset = reactor.callLater(60_000, () => ran.push('reset'));
    const delayed = reactor.callLater(60_000, () => ran.push('delayed'));
    reactor.callLater(0, () => {
      reset.reset(0);
      delayed.delay(-120_000);
    });
    reactor.iterate();
    expect(ran).toEqual([]);
    reactor.iterate();
    expect([...ran].sort()).toEqual(['delayed', 'reset']);
  });

  kit.it('C34', 'a timed call that another one cancels in the same turn never runs', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callLater(0, () => {
      second.cancel();
      ran.push('first');
    });
    const second = reactor.callLater(0, () => ran.push('second'));
    reactor.callLater(0, () => ran.push('third'));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(['first', 'third']);
  });

  kit.it('C34', 'shutdown fires at the end of the turn of stop(), after the timed calls that are due', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.on('shutdown', { before: () => ran.push('shutdown') });
    const { ended } = await start(reactor);
    reactor.callSoon(() => {
      void reactor.stop();
      reactor.callLater(0, () => ran.push('timed'));
      reactor.callSoon(() => ran.push('queued after stop()'));
      ran.push('queued');
    });
    await ended;
    expect(ran).toEqual(['queued', 'timed', 'shutdown']);
  });

  kit.it(
    'C34',
    'a turn handles expired limits before queued calls, and before timed calls that were due earlier',
    async () => {
      const ran: string[] = [];
      const reactor = kit.create({ onError: () => ran.push('limit') });
      reactor.on('job', () => new Promise(() => undefined));
      await runThrough(reactor, async () => {
        await new Promise<void>((resolve) => {
          reactor.callLater(0, () => {
            void reactor.fire('job', undefined, { limits: { during: 10 } });
            reactor.callLater(5, () => {
              ran.push('timed');
              resolve();
            });
            block(reactor, 25);
            reactor.callSoon(() => ran.push('queued'));
          });
        });
      });
      expect(ran).toEqual(['limit', 'queued', 'timed']);
    },
    { needs: 'movingClock' },
  );
}
